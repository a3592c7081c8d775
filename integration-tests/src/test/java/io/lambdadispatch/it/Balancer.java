package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A load balancer in front of two routers, set up as docs/operations.md recommends: whatever may have reached a router is never
 * sent to another one.
 */
enum Balancer {
    HAPROXY("haproxy") {
        @Override
        Service start(int port, int first, int second, Path logs) throws IOException {
            Path file = Files.writeString(logs.resolve("haproxy.cfg"), """
                    global
                      maxconn 4000
                    defaults
                      mode http
                      timeout connect 2s
                      timeout client 60s
                      timeout server 60s
                      timeout check 5s
                      retries 3
                      option redispatch
                    frontend users
                      bind 127.0.0.1:%d
                      default_backend routers
                    backend routers
                      option httpchk
                      http-check send meth GET uri /health ver HTTP/1.1 hdr Host router
                      http-check expect status 200
                      default-server check inter 250ms fall 2 rise 2
                      server first 127.0.0.1:%d
                      server second 127.0.0.1:%d
                    """.formatted(port, first, second));
            return Service.start(
                    "haproxy", List.of(executable().toString(), "-db", "-f", file.toString()), Map.of(), logs);
        }
    },

    NGINX("nginx") {
        @Override
        Service start(int port, int first, int second, Path logs) throws IOException {
            Path home = Files.createDirectories(logs.resolve("nginx")).toAbsolutePath();
            Path file = Files.writeString(home.resolve("nginx.conf"), """
                    daemon off;
                    worker_processes 1;
                    pid %1$s/nginx.pid;
                    error_log stderr warn;
                    events {
                      worker_connections 4000;
                    }
                    http {
                      access_log off;
                      client_body_temp_path %1$s/body;
                      proxy_temp_path %1$s/proxy;
                      fastcgi_temp_path %1$s/fastcgi;
                      uwsgi_temp_path %1$s/uwsgi;
                      scgi_temp_path %1$s/scgi;
                      upstream routers {
                        server 127.0.0.1:%3$d max_fails=1 fail_timeout=1s;
                        server 127.0.0.1:%4$d max_fails=1 fail_timeout=1s;
                        keepalive 64;
                      }
                      server {
                        listen 127.0.0.1:%2$d;
                        location / {
                          proxy_pass http://routers;
                          proxy_http_version 1.1;
                          proxy_set_header Connection "";
                          proxy_next_upstream error timeout;
                        }
                      }
                    }
                    """.formatted(home, port, first, second));
            List<String> command =
                    List.of(executable().toString(), "-p", home.toString(), "-e", "stderr", "-c", file.toString());
            return Service.start("nginx", command, Map.of(), logs);
        }
    };

    private static final String DIRECTORIES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin";

    private final String command;

    Balancer(String command) {
        this.command = command;
    }

    boolean isInstalled() {
        return found().isPresent();
    }

    final Path executable() {
        return found().orElseThrow();
    }

    private Optional<Path> found() {
        return Arrays.stream(DIRECTORIES.split(":", -1))
                .map(directory -> Path.of(directory, command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts it on that port, in front of routers on these. */
    abstract Service start(int port, int first, int second, Path logs) throws IOException;
}
