package io.lambdadispatch.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import org.junit.jupiter.api.Test;

/** Callers' side and runtimes' side meet in the environments, and the package of the command puts them together. */
class ArchitectureTest {
    private static final String LOCAL = "io.lambdadispatch.local";

    private static final JavaClasses CLASSES = importLocalLambda();

    private static JavaClasses importLocalLambda() {
        // Only these packages' supertypes matter to a rule.
        ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
        ArchConfiguration.get().setClassResolverArguments("java.lang", "java.time", "java.util", "io.lambdadispatch");
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.lambdadispatch");
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching(LOCAL + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noRoomKnowsTheCommandThatPutsThemTogether() {
        noClasses()
                .that()
                .resideInAPackage(LOCAL + ".*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(LOCAL)
                .check(CLASSES);
    }

    @Test
    void theDemoAppAndLocalLambdaKnowNothingOfEachOther() {
        String demo = "io.lambdadispatch.demo..";
        noClasses()
                .that()
                .resideInAPackage(demo)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(LOCAL + "..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(LOCAL + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(demo)
                .check(CLASSES);
    }
}
