package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** nginx with one worker: as the app that serves files, and as a proxy. */
final class Nginx {
    /** Files here are the user's own; nginx looks at {@code user} only when it is root. */
    private static final String FRAME = """
            daemon off;
            user %3$s;
            worker_processes 1;
            pid %1$s/nginx.pid;
            error_log stderr error;
            events {
              worker_connections 4000;
            }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              keepalive_timeout 1h;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
            %2$s
            }
            """;

    private static final String FILES = """
              open_file_cache max=16;
              server {
                listen 127.0.0.1:%2$d backlog=1024;
                root %1$s/files;
              }
            """;

    /** Bodies stay in memory whole, both ways: no peer is to be measured by its disk. */
    private static final String PROXY = """
              client_max_body_size 0;
              client_body_buffer_size 10m;
              proxy_max_temp_file_size 0;
              proxy_buffers 64 16k;
              upstream app {
                server 127.0.0.1:%3$d;
                keepalive 128;
                keepalive_requests 1000000000;
                keepalive_timeout 1h;
              }
              server {
                listen 127.0.0.1:%2$d backlog=1024;
                location / {
                  proxy_pass http://app;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                }
              }
            """;

    private final Path program;
    private final Path logs;

    Nginx(Path program, Path logs) {
        this.program = program;
        this.logs = logs;
    }

    /** Serves {@code /ping}, four bytes, and {@code /image.jpg}. */
    Service startFiles(int port) throws IOException, InterruptedException {
        Path home = Files.createDirectories(logs.resolve("app-nginx")).toAbsolutePath();
        Path files = Files.createDirectories(home.resolve("files"));
        Files.writeString(files.resolve("ping"), "pong");
        byte[] image = new byte[Workload.IMAGE_BYTES];
        new Random(1).nextBytes(image);
        Files.write(files.resolve("image.jpg"), image);
        return start("app-nginx", home, FILES.formatted(home, port), port);
    }

    Side startProxy(int app) throws IOException, InterruptedException {
        int port = Ports.free();
        Path home = Files.createDirectories(logs.resolve("nginx")).toAbsolutePath();
        return new ProxySide(
                SideKind.NGINX,
                "nginx, 1 hop",
                port,
                List.of(start("nginx", home, PROXY.formatted(home, port, app), port)));
    }

    private Service start(String name, Path home, String inside, int port) throws IOException, InterruptedException {
        Path file = Files.writeString(
                home.resolve("nginx.conf"), FRAME.formatted(home, inside, System.getProperty("user.name")));
        Service service = Service.start(
                name,
                List.of(program.toString(), "-p", home.toString(), "-e", "stderr", "-c", file.toString()),
                Map.of(),
                logs);
        Ports.await(port, service);
        return service;
    }
}
