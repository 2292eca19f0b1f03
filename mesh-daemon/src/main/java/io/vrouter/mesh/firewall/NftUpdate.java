package io.vrouter.mesh.firewall;

import io.vrouter.mesh.plan.FirewallPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Turns one policy's table into another's in place, in one transaction: elements come and go, and
 * only chains whose rules differ are flushed and filled. Packets that both tables allow are never
 * refused, because the elements that match them stay. (Replacing the whole table let a packet in
 * flight miss its element: one refusal in 10 replacements at 190 packets/s.)
 */
final class NftUpdate {
  private final Map<String, NftSet> hadSets;
  private final Map<String, NftSet> sets;
  private final Map<String, NftChain> hadChains;
  private final Map<String, NftChain> chains;
  private final List<String> commands = new ArrayList<>();

  private NftUpdate(FirewallPolicy from, FirewallPolicy to) {
    hadSets = named(NftSets.of(from), NftSet::name);
    sets = named(NftSets.of(to), NftSet::name);
    hadChains = named(NftRuleset.chains(from), NftChain::name);
    chains = named(NftRuleset.chains(to), NftChain::name);
  }

  /** The transaction; blank when the tables are equal. */
  static String between(FirewallPolicy from, FirewallPolicy to) {
    NftUpdate update = new NftUpdate(from, to);
    // Dependencies first: rules name sets and chains.
    update.addSets();
    update.fillChains();
    update.deleteWhatIsGone();
    return update.commands.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private void addSets() {
    for (NftSet set : sets.values()) {
      NftSet had = hadSets.get(set.name());
      if (had == null) {
        commands.add(set.addition());
        had = set.without();
      }
      commands.addAll(had.commandsTo(set));
    }
  }

  private void fillChains() {
    List<NftChain> changed =
        chains.values().stream()
            .filter(chain -> !chain.equals(hadChains.get(chain.name())))
            .toList();
    changed.stream()
        .filter(chain -> !hadChains.containsKey(chain.name()))
        .forEach(chain -> commands.add(chain.addition()));
    changed.forEach(chain -> commands.add(chain.flush()));
    changed.forEach(chain -> commands.addAll(chain.filling()));
  }

  private void deleteWhatIsGone() {
    List<NftChain> gone =
        hadChains.values().stream().filter(chain -> !chains.containsKey(chain.name())).toList();
    gone.forEach(chain -> commands.add(chain.flush()));
    gone.forEach(chain -> commands.add(chain.deletion()));
    hadSets.values().stream()
        .filter(set -> !sets.containsKey(set.name()))
        .forEach(set -> commands.add(set.deletion()));
  }

  private static <T> Map<String, T> named(List<T> list, Function<T, String> name) {
    Map<String, T> named = new LinkedHashMap<>();
    list.forEach(one -> named.put(name.apply(one), one));
    return named;
  }
}
