# The daemon's image; `./mesh image` builds it from mesh-daemon/target/dist.
#
# BASE_IMAGE is a Debian or Ubuntu, or anything that has Java 17, ip, bridge, nft and iptables already: then nothing is
# fetched while building. The daemon itself needs no shell.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS runtime
RUN for tool in java ip bridge nft iptables ping; do command -v $tool >/dev/null || missing=1; done; \
    if [ "${missing:-0}" = 1 ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends \
        openjdk-17-jre-headless iproute2 nftables iptables iputils-ping \
      && rm -rf /var/lib/apt/lists/*; \
    fi

FROM runtime AS dist
COPY mesh-daemon/target/dist /opt/vrouter
COPY LICENSE /opt/vrouter/LICENSE
# Class archives fit one JVM only, this image's; the launchers' own flags become argument files, so that no shell runs later.
COPY mesh-daemon/src/main/dist/class-archives /tmp/class-archives
RUN rm -f /opt/vrouter/lib/*.jsa \
    && find /opt/vrouter/lib/native -mindepth 1 -maxdepth 1 ! -name "$(uname -m)" -exec rm -r {} + \
    && JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")") \
       sh /tmp/class-archives /opt/vrouter/lib \
    && mkdir -p /tmp/print/bin \
    && printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' > /tmp/print/bin/java \
    && chmod 0755 /tmp/print/bin/java \
    && JAVA_HOME=/tmp/print /opt/vrouter/bin/meshd > /opt/vrouter/lib/meshd.args \
    && JAVA_HOME=/tmp/print /opt/vrouter/bin/meshctl > /opt/vrouter/lib/meshctl.args \
    && sed -i 's|/bin/\.\./lib|/lib|' /opt/vrouter/lib/*.args

FROM runtime
COPY --from=dist /opt/vrouter /opt/vrouter
RUN ln -s /opt/vrouter/bin/meshctl /usr/local/bin/meshctl && mkdir -p /var/lib/vrouter /var/lib/vrouter-node /run/vrouter \
    && chown 65534:65534 /var/lib/vrouter-node
ENV LANG=C.UTF-8
VOLUME /var/lib/vrouter
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s \
  CMD ["java", "@/opt/vrouter/lib/meshctl.args", "wait", "--members", "1", "--timeout", "3s"]
ENTRYPOINT ["java", "@/opt/vrouter/lib/meshd.args"]
CMD ["run"]
