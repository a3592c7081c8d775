package io.lambdadispatch.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Draws the demo app's image, about 168 KB of JPEG: soft rings under seeded noise. Run by the build. */
public final class SillyTestImage {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 660;
    private static final long SEED = 168;
    private static final int NOISE = 46;

    private SillyTestImage() {}

    /**
     * Writes the image.
     *
     * @param args the file to write
     * @throws IOException when it cannot
     */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (!ImageIO.write(draw(), "jpg", file.toFile())) {
            throw new IOException("this JDK writes no JPEG");
        }
    }

    private static BufferedImage draw() {
        Random random = new Random(SEED);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                double distance = Math.hypot(x - WIDTH / 2.0, y - HEIGHT / 2.0);
                int grey = (int) (110 + 80 * Math.sin(distance / 14)) + random.nextInt(NOISE);
                image.setRGB(x, y, clamp(grey) << 16 | clamp(grey + x / 16) << 8 | clamp(grey + y / 8));
            }
        }
        return image;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
