# The daemon's image; `./mesh image` builds it from mesh-daemon/target/dist.
#
# BASE_IMAGE is a Debian or Ubuntu, or anything that has Java 17 or later, ip, bridge, nft and iptables already: then
# nothing is fetched while building. The daemon itself needs no shell. Where there is a JDK, in the base or to be had for it,
# the image gets only the modules that are used, of the newest one; a base that has a Java without jlink keeps that.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS tools
RUN for tool in ip bridge nft iptables ping; do command -v $tool >/dev/null || missing=1; done; \
    if [ "${missing:-0}" = 1 ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends iproute2 nftables iptables iputils-ping wireguard-go \
      && rm -rf /var/lib/apt/lists/*; \
    fi; \
    command -v wireguard-go >/dev/null || echo "no wireguard-go in this base: encryption needs the kernel's module"

FROM tools AS java
RUN if ! command -v java >/dev/null && ! ls /usr/lib/jvm/*/bin/java >/dev/null 2>&1; then \
      apt-get update \
      && jdk=$(apt-cache search --names-only '^openjdk-[0-9]+-jdk-headless$' | cut -d ' ' -f 1 | sort -V | tail -n 1) \
      && apt-get install -y --no-install-recommends "$jdk"; \
    fi
COPY mesh-daemon/src/main/dist/modules /tmp/modules
# The newest JDK that can link; else the base's own Java, which is in the final image, too.
RUN mkdir -p /opt/vrouter \
    && linker=$(ls -d /usr/lib/jvm/*/bin/jlink "$(command -v jlink)" 2>/dev/null \
         | while read -r each; do \
             echo "$("$each" --version | cut -d . -f 1) $(readlink -f "$each")"; \
           done | sort -n | tail -n 1 | cut -d ' ' -f 2) \
    && if [ -n "$linker" ]; then \
         link() { \
           "$linker" --add-modules "$(cat /tmp/modules)" --strip-java-debug-attributes --no-header-files --no-man-pages \
             "--compress=$1" --output /opt/vrouter/runtime; \
         }; \
         link zip-6 >/dev/null 2>&1 || link 2; \
       else \
         ln -s "$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")" /opt/vrouter/runtime; \
       fi

FROM java AS dist
COPY mesh-daemon/target/dist /tmp/dist
COPY LICENSE /opt/vrouter/LICENSE
# Class archives fit one JVM only, this image's; the launchers' own flags become argument files, so that no shell runs later.
COPY mesh-daemon/src/main/dist/class-archives /tmp/class-archives
RUN rm -rf /tmp/dist/runtime /tmp/dist/lib/*.jsa \
    && cp -r /tmp/dist/. /opt/vrouter/ \
    && find /opt/vrouter/lib/native -mindepth 1 -maxdepth 1 ! -name "$(uname -m)" -exec rm -r {} + \
    && JAVA_HOME=/opt/vrouter/runtime sh /tmp/class-archives /opt/vrouter/lib \
    && mkdir -p /tmp/print/bin \
    && printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' > /tmp/print/bin/java \
    && chmod 0755 /tmp/print/bin/java \
    && mv /opt/vrouter/runtime /opt/vrouter/runtime.kept \
    && JAVA_HOME=/tmp/print /opt/vrouter/bin/meshd > /opt/vrouter/lib/meshd.args \
    && JAVA_HOME=/tmp/print /opt/vrouter/bin/meshctl > /opt/vrouter/lib/meshctl.args \
    && mv /opt/vrouter/runtime.kept /opt/vrouter/runtime \
    && sed -i 's|/bin/\.\./lib|/lib|' /opt/vrouter/lib/*.args

FROM tools
COPY --from=dist /opt/vrouter /opt/vrouter
RUN ln -s /opt/vrouter/bin/meshctl /usr/local/bin/meshctl && mkdir -p /var/lib/vrouter /var/lib/vrouter-node /run/vrouter \
    && chown 65534:65534 /var/lib/vrouter-node
ENV LANG=C.UTF-8
VOLUME /var/lib/vrouter
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s \
  CMD ["/opt/vrouter/runtime/bin/java", "@/opt/vrouter/lib/meshctl.args", "wait", "--members", "1", "--timeout", "3s"]
ENTRYPOINT ["/opt/vrouter/runtime/bin/java", "@/opt/vrouter/lib/meshd.args"]
CMD ["run"]
