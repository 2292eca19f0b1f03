package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract's JSON to the letter: a program out there reads it. */
class JsonGoldenTest {
  private final MemoryMesh mesh = new MemoryMesh();

  @Test
  void members() {
    assertThat(Json.line(mesh.members(false)))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','self':'1a2b3c4d000000000000000000000001','members':["
                .concat("{'id':'1a2b3c4d000000000000000000000001','name':'alon','status':'alive',")
                .concat("'underlay':'192.168.200.1','overlay':'10.1.1.1',")
                .concat("'mac':'02:00:00:00:00:01','subnets':[{'prefix':'172.22.0.0/16',")
                .concat("'vni':1000,'network':'c_default','stack':'c'}],'version':'0.1.0',")
                .concat("'since':'2026-11-24T10:00:00.123Z','path':null,")
                .concat("'encrypted':null},")
                .concat("{'id':'5e6f7a8b000000000000000000000002','name':'tera','status':'alive',")
                .concat("'underlay':'192.168.200.2','overlay':null,'mac':null,")
                .concat("'subnets':[{'prefix':'172.30.0.0/16','vni':1000,'network':null,")
                .concat("'stack':null}],'version':'0.1.0','since':'2026-11-24T10:01:00.123Z',")
                .concat("'path':{'state':'ok','direction':null,'mtu':1450,'rttMicros':250,")
                .concat("'since':'2026-11-24T10:01:01.123Z'},'encrypted':null}]}")
                .replace('\'', '"'));
  }

  @Test
  void routes() {
    assertThat(Json.line(mesh.routes()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','routes':[{'prefix':'172.30.0.0/16','vni':1000,"
                .concat("'via':'10.1.1.2','device':'vxlan1000',")
                .concat("'node':'5e6f7a8b000000000000000000000002','state':'installed'}]}")
                .replace('\'', '"'));
  }

  @Test
  void keys() {
    assertThat(Json.line(mesh.keys().keys()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','epochs':[{'number':2,'id':'0a1b2c3d','use':'current',"
                .concat("'ageSeconds':90,'by':'1a2b3c4d000000000000000000000001',")
                .concat("'holders':['1a2b3c4d000000000000000000000001']},")
                .concat("{'number':1,'id':'4e5f6a7b','use':'overlap','ageSeconds':90,")
                .concat("'by':'5e6f7a8b000000000000000000000002',")
                .concat("'holders':['5e6f7a8b000000000000000000000002']}],'laggards':[],")
                .concat("'bans':[{'node':'9c0d1e2f000000000000000000000003','by':null,")
                .concat("'inForce':true},{'node':'5e6f7a8b000000000000000000000002',")
                .concat("'by':'1a2b3c4d000000000000000000000001','inForce':false}],")
                .concat("'operator':true}")
                .replace('\'', '"'));
  }

  @Test
  void tokens() {
    assertThat(Json.line(mesh.keys().tokens()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','tokens':[{'id':'0011223344556677','kind':'original',"
                .concat("'state':'revoked','by':null,'leftSeconds':null},")
                .concat("{'id':'8899aabbccddeeff','kind':'once','state':'open',")
                .concat("'by':'1a2b3c4d000000000000000000000001','leftSeconds':3600}]}")
                .replace('\'', '"'));
  }

  @Test
  void withdrawn() {
    assertThat(Json.line(mesh.withdrawn()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','withdrawn':[{'prefix':'10.20.0.0/16',"
                .concat("'node':'5e6f7a8b000000000000000000000002',")
                .concat("'withdrawnSeconds':7200,'remainingSeconds':79200}]}")
                .replace('\'', '"'));
  }

  @Test
  void status() {
    Status status =
        new Status(
            "n1",
            List.of(
                new Problem("overlay-full", "no address left", "widen it"),
                Problem.note("wrong-token", "a stranger", "none").seen(MemoryMesh.START)),
            Map.of(MemberStatus.FAILED, 1, MemberStatus.ALIVE, 2),
            false);
    assertThat(Json.line(status))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','node':'n1','healthy':false,'problems':[{'code':"
                .concat("'overlay-full','severity':'error','message':'no address left',")
                .concat("'fix':'widen it','since':null},{'code':'wrong-token',")
                .concat("'severity':'note','message':'a stranger','fix':'none',")
                .concat("'since':'2026-11-24T10:00:00.123Z'}],")
                .concat("'members':{'alive':2,'suspect':0,'restarting':0,'failed':1,'left':0,")
                .concat("'replaced':0},'converged':false,")
                .concat("'encryption':{'setting':'none','peers':0,'devices':[]}}")
                .replace('\'', '"'));
  }

  @Test
  void doctor() {
    assertThat(Json.line(mesh.doctor()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','checks':[{'id':'forwarding','result':'pass',"
                .concat("'message':'is on','fix':''}]}")
                .replace('\'', '"'));
  }

  @Test
  void pools() {
    assertThat(Json.line(MemoryMesh.pools(true)))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','default-address-pools':[{'base':'10.130.64.0/18',"
                .concat("'size':24}],'pool':'10.128.0.0/10','ranges':[{'prefix':")
                .concat("'10.130.64.0/18','acknowledged':true}],'subnets':[{'name':'shop',")
                .concat("'subnet':'10.130.127.0/24'}],'applied':'yes'}")
                .replace('\'', '"'));
    assertThat(Json.line(mesh.claimSubnet("web")))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','name':'web','subnet':'10.130.127.0/24'}".replace('\'', '"'));
    assertThat(Json.pretty(MemoryMesh.pools(true).daemonPart()))
        .isEqualTo(
            """
            {
              "default-address-pools" : [
                {
                  "base" : "10.130.64.0/18",
                  "size" : 24
                }
              ]
            }\
            """);
  }

  @Test
  void whatTheContractLeavesOpen() throws MeshApiException {
    assertThat(Json.line(mesh.networks()))
        .startsWith(
            "{'apiVersion':'mesh/v1','networks':[{'prefix':'172.22.0.0/16','vni':1000,'network':"
                .concat("'c_default','stack':'c','node':'1a2b3c4d000000000000000000000001',")
                .concat("'state':'advertised','reason':null}")
                .replace('\'', '"'));
    assertThat(Json.line(mesh.conflicts()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','conflicts':[{'kind':'prefix','claim':'172.30.0.0/16',"
                .concat("'winner':'5e6f7a8b000000000000000000000002',")
                .concat("'loser':'1a2b3c4d000000000000000000000001',")
                .concat("'message':'tera claimed it first','fix':'renumber alon'}]}")
                .replace('\'', '"'));
    assertThat(Json.line(MemoryMesh.event("no answer")))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','at':'2026-11-24T10:00:00.123Z','type':'transition',"
                .concat("'node':'5e6f7a8b000000000000000000000002','name':'tera',")
                .concat("'from':'suspect','to':'failed','cause':'no answer'}")
                .replace('\'', '"'));
    assertThat(Json.line(mesh.plan()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','steps':[{'target':'netlink','step':'route add "
                .concat("172.30.0.0/16 via 10.1.1.2 dev vxlan1000','reason':'tera'}]}")
                .replace('\'', '"'));
    assertThat(Json.line(mesh.token()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','cluster':'mesh','fingerprint':'0011223344556677'}"
                .replace('\'', '"'));
    assertThat(Json.line(mesh.config()))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','settings':[{'key':'vni','value':'1000','origin':'default'}]}"
                .replace('\'', '"'));
    assertThat(Json.line(new Pings("n1", "10.1.1.2", 3, List.of(0.346, 1.0), 1450, List.of(), 0.5)))
        .isEqualTo(
            "{'apiVersion':'mesh/v1','node':'n1','overlay':'10.1.1.2','sent':3,'received':2,"
                .concat("'rttMillis':[0.346,1.0],'mtu':1450,'routes':[],'gossipMillis':0.5}")
                .replace('\'', '"'));
  }

  @Test
  void yamlHoldsTheSame() {
    assertThat(Json.yaml(mesh.routes()))
        .isEqualTo(
            """
            apiVersion: mesh/v1
            routes:
            - prefix: 172.30.0.0/16
              vni: 1000
              via: 10.1.1.2
              device: vxlan1000
              node: 5e6f7a8b000000000000000000000002
              state: installed
            """);
  }

  @Test
  void prettyIsIndented() {
    assertThat(Json.pretty(mesh.doctor()))
        .isEqualTo(
            """
            {
              "apiVersion" : "mesh/v1",
              "checks" : [
                {
                  "id" : "forwarding",
                  "result" : "pass",
                  "message" : "is on",
                  "fix" : ""
                }
              ]
            }\
            """);
  }
}
