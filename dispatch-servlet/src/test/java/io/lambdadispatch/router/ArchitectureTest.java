package io.lambdadispatch.router;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import java.time.Clock;
import java.time.Instant;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

/** Dependencies point inward: servlet to assembly to door, aws, metrics and console to relay to engine, never back. */
class ArchitectureTest {
    private static final String ROUTER = "io.lambdadispatch.router";
    private static final String ENGINE = ROUTER + ".engine..";
    private static final String RELAY = ROUTER + ".relay..";
    private static final String SERVLET = ROUTER + ".servlet..";
    private static final String AWS = ROUTER + ".aws..";
    private static final String CONFIG = ROUTER + ".config..";
    private static final String METRICS = ROUTER + ".metrics..";
    private static final String CONSOLE = ROUTER + ".console..";
    private static final String TRACING = ROUTER + ".tracing..";

    private static final JavaClasses CLASSES = importRouter();

    private static JavaClasses importRouter() {
        // Only these packages' supertypes matter to a rule; reading those of the AWS SDK as well takes half a minute.
        ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
        ArchConfiguration.get().setClassResolverArguments("java.lang", "java.time", "java.util", "io.lambdadispatch");
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROUTER);
    }

    @Test
    void seesTheRouter() {
        assertTrue(CLASSES.contain(ROUTER + ".engine.Dispatcher"), "nothing was imported: no rule would ever fail");
    }

    @Test
    void engineKnowsNothingButTheProtocol() {
        classes()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "io.lambdadispatch.protocol..", "com.google.errorprone.annotations..", ENGINE)
                .check(CLASSES);
    }

    @Test
    void engineHasNoClockOfItsOwn() {
        noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(CLASSES);
    }

    @Test
    void engineHasNoThreadOfItsOwn() {
        noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .callConstructorWhere(target(owner(assignableTo(Thread.class))))
                .orShould()
                .callMethodWhere(target(owner(assignableTo(Thread.class))))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Executors.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ExecutorService.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ForkJoinPool.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Timer.class)
                .check(CLASSES);
    }

    @Test
    void relayKnowsNeitherServletsNorAwsNorConfiguration() {
        noClasses()
                .that()
                .resideInAPackage(RELAY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        SERVLET,
                        AWS,
                        CONFIG,
                        METRICS,
                        CONSOLE,
                        TRACING,
                        "jakarta..",
                        "software.amazon..",
                        "org.apache..")
                .check(CLASSES);
    }

    @Test
    void nothingDependsOnTheServlets() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVLET)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SERVLET)
                .check(CLASSES);
    }

    @Test
    void servletApiStaysInOneRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVLET)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jakarta.servlet..")
                .check(CLASSES);
    }

    @Test
    void awsSdkStaysInOneRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackage(AWS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon..", "io.netty..")
                .check(CLASSES);
    }

    /** It need not be there: only what is loaded when it is may know it. */
    @Test
    void openTelemetryStaysInOneRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackage(TRACING)
                .or()
                .haveFullyQualifiedName(ROUTER + ".tracing.Tracing")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void routerRunsInEveryContainer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.eclipse.jetty..", "org.apache.catalina..", "org.apache.coyote..", "org.apache.tomcat..")
                .check(CLASSES);
    }

    @Test
    void nobodyHasASession() {
        noClasses()
                .should()
                .callMethodWhere(target(name("getSession")))
                .orShould()
                .callMethodWhere(target(name("addCookie")))
                .check(CLASSES);
    }

    @Test
    void noTwoRoomsDependOnEachOther() {
        slices().matching(ROUTER + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
