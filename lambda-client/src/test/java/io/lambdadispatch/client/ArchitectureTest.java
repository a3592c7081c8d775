package io.lambdadispatch.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import org.junit.jupiter.api.Test;

/** Dependencies point inward: client to invoke to channel to app and router to io and config, never back. */
class ArchitectureTest {
    private static final String CLIENT = "io.lambdadispatch.client";
    private static final String INVOKE = CLIENT + ".invoke..";
    private static final String CHANNEL = CLIENT + ".channel..";
    private static final String APP = CLIENT + ".app..";
    private static final String ROUTER = CLIENT + ".router..";
    private static final String IO = CLIENT + ".io..";
    private static final String CONFIG = CLIENT + ".config..";
    private static final String REHEARSAL = CLIENT + ".rehearsal..";

    private static final JavaClasses CLASSES = importClient();

    private static JavaClasses importClient() {
        // Only these packages' supertypes matter to a rule.
        ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
        ArchConfiguration.get().setClassResolverArguments("java.lang", "java.util", "io.lambdadispatch");
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(CLIENT);
    }

    private static void assertKnowsNoneOf(String room, String... others) {
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLASSES);
    }

    @Test
    void seesTheClient() {
        assertTrue(CLASSES.contain(CLIENT + ".channel.Channel"), "nothing was imported: no rule would ever fail");
    }

    @Test
    void noTwoRoomsDependOnEachOther() {
        slices().matching(CLIENT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothingDependsOnTheEntry() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CLIENT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLIENT)
                .check(CLASSES);
    }

    @Test
    void ioAndConfigAreTheGround() {
        assertKnowsNoneOf(IO, CONFIG, APP, ROUTER, CHANNEL, INVOKE, REHEARSAL);
        assertKnowsNoneOf(CONFIG, IO, APP, ROUTER, CHANNEL, INVOKE, REHEARSAL);
    }

    @Test
    void appAndRouterMeetInAChannelOnly() {
        assertKnowsNoneOf(APP, ROUTER, CHANNEL, INVOKE, REHEARSAL);
        assertKnowsNoneOf(ROUTER, APP, CHANNEL, INVOKE, REHEARSAL);
        assertKnowsNoneOf(CHANNEL, CONFIG, INVOKE, REHEARSAL);
    }

    @Test
    void aRunningClientIsNotRehearsed() {
        noClasses()
                .that()
                .resideOutsideOfPackage(REHEARSAL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(REHEARSAL)
                .check(CLASSES);
    }

    @Test
    void http2StaysWithTheRouter() {
        for (String room : new String[] {IO, APP, CONFIG, CHANNEL, CLIENT}) {
            assertKnowsNoneOf(room, "org.apache.hc.core5.http2..");
        }
    }

    @Test
    void lambdasRuntimeStaysAtTheEntry() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CLIENT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.amazonaws..")
                .check(CLASSES);
    }
}
