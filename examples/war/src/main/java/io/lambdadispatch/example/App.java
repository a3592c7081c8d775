package io.lambdadispatch.example;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A Spring Boot app as an executable WAR, such as a team may have: it knows nothing of Lambda. */
@SpringBootApplication
@RestController
public class App extends SpringBootServletInitializer {
    public static void main(String[] args) {
        SpringApplication.run(App.class, args);
    }

    @GetMapping("/health")
    String health() {
        return "well\n";
    }

    @GetMapping("/ping")
    String ping() {
        return "pong\n";
    }

    @GetMapping("/fact")
    String fact() {
        return "Here is a fact: a WAR in a Lambda function is still a WAR.\n";
    }

    @GetMapping("/delay")
    String delay(@RequestParam(defaultValue = "100") long delay) throws InterruptedException {
        Thread.sleep(delay);
        return "late\n";
    }

    @RequestMapping("/echo")
    void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
        request.getInputStream().transferTo(response.getOutputStream());
    }

    @GetMapping("/chunked-response")
    void chunked(HttpServletResponse response) throws IOException, InterruptedException {
        response.setContentType(MediaType.TEXT_PLAIN_VALUE);
        response.getWriter().write("the first line, at once\n");
        response.flushBuffer();
        Thread.sleep(2000);
        response.getWriter().write("the last line, later\n");
    }
}
