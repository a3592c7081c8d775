package io.lambdadispatch.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A Java agent that does nothing but to say that it runs. */
public final class Agent {
    static final String RUNS = "the agent runs";

    private Agent() {}

    /** Called by the JVM that it is put to. */
    public static void premain(String unused) {
        System.out.println(RUNS);
    }

    /** Packs it. */
    static void writeJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), Agent.class.getName());
        String file = Agent.class.getName().replace('.', '/') + ".class";
        try (InputStream code = Agent.class.getClassLoader().getResourceAsStream(file);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry(file));
            code.transferTo(out);
        }
    }
}
