package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The encoding of a set's elements for the kernel. */
public enum SetKind {
  /** Without {@code flags interval}: each element is one key. */
  SINGLE {
    @Override
    List<Raw> encode(SetElement element) {
      return List.of(new Raw(element.first(), null, false));
    }

    @Override
    Set<SetElement> decode(List<Raw> raw) {
      Set<SetElement> elements = new HashSet<>();
      raw.forEach(one -> elements.add(SetElement.of(one.key())));
      return elements;
    }
  },

  /** A map without {@code flags interval}: an element is a key and its value, of equal length. */
  MAP {
    @Override
    List<Raw> encode(SetElement element) {
      return List.of(new Raw(element.first(), null, false, element.last()));
    }

    @Override
    Set<SetElement> decode(List<Raw> raw) {
      Set<SetElement> elements = new HashSet<>();
      for (Raw one : raw) {
        Payload value = one.value();
        elements.add(new SetElement(one.key(), value == null ? one.key() : value));
      }
      return elements;
    }
  },

  /**
   * With {@code flags interval} and one field: an element where a range begins and one behind its
   * end (net/netfilter/nft_set_rbtree.c). A range up to the highest key has no end.
   */
  INTERVAL {
    @Override
    List<Raw> encode(SetElement element) {
      Raw start = new Raw(element.first(), null, false);
      byte[] end = SetElement.after(element.last());
      return end == null ? List.of(start) : List.of(start, new Raw(Payload.of(end), null, true));
    }

    @Override
    Set<SetElement> decode(List<Raw> raw) {
      List<Raw> sorted = new ArrayList<>(raw);
      sorted.sort(BY_KEY);
      Set<SetElement> elements = new HashSet<>();
      Payload start = null;
      for (Raw one : sorted) {
        if (start != null) {
          elements.add(new SetElement(start, SetElement.before(one.key())));
        }
        start = one.end() ? null : one.key();
      }
      if (start != null) {
        elements.add(new SetElement(start, SetElement.highest(start.length())));
      }
      return elements;
    }
  },

  /** With {@code flags interval} and several fields: first and last key of each element. */
  CONCATENATED {
    @Override
    List<Raw> encode(SetElement element) {
      return List.of(new Raw(element.first(), element.last(), false));
    }

    @Override
    Set<SetElement> decode(List<Raw> raw) {
      Set<SetElement> elements = new HashSet<>();
      for (Raw one : raw) {
        Payload last = one.keyEnd();
        elements.add(new SetElement(one.key(), last == null ? one.key() : last));
      }
      return elements;
    }
  };

  /** At one key the end of a range comes before the start of the next. */
  private static final Comparator<Raw> BY_KEY =
      Comparator.comparing((Raw raw) -> raw.key().toArray(), Arrays::compareUnsigned)
          .thenComparing(raw -> !raw.end());

  /** An element as the kernel has it. */
  record Raw(Payload key, @Nullable Payload keyEnd, boolean end, @Nullable Payload value) {
    /** An element of a set. */
    Raw(Payload key, @Nullable Payload keyEnd, boolean end) {
      this(key, keyEnd, end, null);
    }
  }

  /** Encodes an element as kernel elements, in the order in which they must be added. */
  abstract List<Raw> encode(SetElement element);

  /** Decodes kernel elements. */
  abstract Set<SetElement> decode(List<Raw> raw);
}
