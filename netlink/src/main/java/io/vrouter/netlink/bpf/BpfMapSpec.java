package io.vrouter.netlink.bpf;

/**
 * The shape of a map.
 *
 * @param name 1 to 15 of A-Z a-z 0-9 . _
 * @param type BPF_MAP_TYPE_
 * @param keySize octets
 * @param valueSize octets
 * @param maxEntries at least 1
 * @param flags BPF_F_
 */
public record BpfMapSpec(
    String name, int type, int keySize, int valueSize, int maxEntries, int flags) {
  public static final int BPF_MAP_TYPE_HASH = 1;
  public static final int BPF_MAP_TYPE_LRU_HASH = 9;
  public static final int BPF_MAP_TYPE_LPM_TRIE = 11;

  /** Memory is taken with each entry; a trie has no other way. */
  public static final int BPF_F_NO_PREALLOC = 1;

  public BpfMapSpec {
    BpfAttr.checkName(name);
    if (keySize < 1 || valueSize < 1 || maxEntries < 1) {
      throw new IllegalArgumentException("a map without room: " + name);
    }
  }

  /** A hash table. */
  public static BpfMapSpec hash(String name, int keySize, int valueSize, int maxEntries) {
    return new BpfMapSpec(name, BPF_MAP_TYPE_HASH, keySize, valueSize, maxEntries, 0);
  }

  /** A hash table that forgets its least recently used entries. */
  public static BpfMapSpec lru(String name, int keySize, int valueSize, int maxEntries) {
    return new BpfMapSpec(name, BPF_MAP_TYPE_LRU_HASH, keySize, valueSize, maxEntries, 0);
  }

  /**
   * A trie that finds the longest prefix ({@code struct bpf_lpm_trie_key}).
   *
   * @param keySize octets, with the 4 of the prefix's length before them
   */
  public static BpfMapSpec trie(String name, int keySize, int valueSize, int maxEntries) {
    return new BpfMapSpec(
        name, BPF_MAP_TYPE_LPM_TRIE, keySize, valueSize, maxEntries, BPF_F_NO_PREALLOC);
  }
}
