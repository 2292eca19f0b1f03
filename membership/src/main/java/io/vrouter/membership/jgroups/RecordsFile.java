package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.StateFile;
import io.vrouter.membership.Verifier;
import io.vrouter.membership.crypto.Keyring;
import io.vrouter.membership.wire.RecordList;
import io.vrouter.membership.wire.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The signed records of the members with a data path on this host, verbatim: after a restart the
 * engine adopts these members before any of them can be reached. A head line contains the id of the
 * mesh's key; records of another mesh are ignored.
 */
final class RecordsFile {
  /** The file's name in the state directory. */
  static final String NAME = "records";

  /** Most records kept: a signature check takes some tenths of a millisecond. */
  static final int MOST = 2_000;

  private static final int MAX_BYTES = 8 << 20;
  private static final String HEAD = "vrouter-records 1 ";
  private static final int LINE = HEAD.length() + 9;

  private final StateFile file;
  private Set<MemberRecord> content = Set.of();

  RecordsFile(Path stateDir) {
    this.file = new StateFile(stateDir.resolve(NAME));
  }

  /** Reads the records. A corrupt file is set aside, reported, and counts as empty. */
  List<MemberRecord> load(Keyring keyring, Verifier verifier, Problems problems) {
    try {
      if (file.exists()) {
        List<MemberRecord> records = parse(file.read(MAX_BYTES), keyring, verifier);
        content = Set.copyOf(records);
        return records;
      }
    } catch (WireException | IllegalArgumentException e) {
      problems.put(
          "records-corrupt",
          "",
          file.path()
              + " does not hold the members' records ("
              + e.getMessage()
              + "); "
              + file.setAsideIfPossible(),
          "nothing: the members tell their records again, and a new file is written");
    } catch (IOException e) {
      problems.put(
          "records-unreadable",
          "",
          "reading " + file.path() + ": " + e,
          "make the state directory readable by this program");
    }
    return List.of();
  }

  private static List<MemberRecord> parse(byte[] octets, Keyring keyring, Verifier verifier)
      throws WireException {
    String line = new String(octets, 0, Math.min(LINE, octets.length), US_ASCII);
    if (!line.startsWith(HEAD) || !line.endsWith("\n")) {
      throw new IllegalArgumentException("it doesn't begin with '" + HEAD.strip() + "'");
    }
    int key = Integer.parseUnsignedInt(line.substring(HEAD.length(), LINE - 1), 16);
    if (!keyring.accepts(key)) {
      return List.of();
    }
    Bytes all = Bytes.of(octets);
    return RecordList.decode(all.part(LINE, all.length() - LINE), verifier);
  }

  /** The keys changed: the next {@link #save} writes the new key's id. */
  void rekeyed() {
    content = Set.of();
  }

  /** Writes the records when they differ from what the file holds. */
  void save(Collection<MemberRecord> records, Keyring keyring, Problems problems) {
    Set<MemberRecord> next = new HashSet<>(records);
    if (next.equals(content)) {
      return;
    }
    try {
      file.write(form(next, keyring));
      content = next;
      problems.clear("records-unwritable", "");
    } catch (IOException e) {
      problems.put(
          "records-unwritable",
          "",
          "writing " + file.path() + ": " + e,
          "make room in the state directory and let this program write there");
    }
  }

  private static byte[] form(Set<MemberRecord> records, Keyring keyring) {
    List<MemberRecord> kept = new ArrayList<>();
    int length = LINE;
    for (MemberRecord record : records) {
      length += 256 + record.payload().length();
      if (kept.size() < MOST && length <= MAX_BYTES) {
        kept.add(record);
      }
    }
    Bytes list = RecordList.encode(kept);
    String head = "%s%08x\n".formatted(HEAD, keyring.id());
    return Bytes.written(
            LINE + list.length(),
            out -> {
              out.put(head.getBytes(US_ASCII));
              list.putInto(out);
            })
        .toArray();
  }
}
