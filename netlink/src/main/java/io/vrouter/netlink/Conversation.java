package io.vrouter.netlink;

import io.vrouter.netlink.socket.NetlinkSocket;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.wire.Ack;
import io.vrouter.netlink.wire.DecodeException;
import io.vrouter.netlink.wire.Errno;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Netlink;
import io.vrouter.netlink.wire.Payload;
import io.vrouter.netlink.wire.Request;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Requests and their answers on one socket, matched by sequence number. */
final class Conversation implements AutoCloseable {
  /** The kernel answers within the send; a request without an answer for 10 s never gets one. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private static final int DUMP_TRIES = 5;
  private static final int BATCH_OCTETS = 32 * 1024;
  private static final int BATCH_MESSAGES = 256;

  /** One buffer per thread, not per socket: only the garbage collector frees direct memory. */
  private static final ThreadLocal<ByteBuffer> BUFFERS =
      ThreadLocal.withInitial(() -> direct(BATCH_OCTETS));

  private final NetlinkSocket socket;
  private ByteBuffer out = ByteBuffer.allocate(0);
  private int seq;

  Conversation(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Handles one message of an answer; returns whether it was the last. */
  private interface ReplyHandler {
    boolean last(Message message);
  }

  List<Outcome> batch(List<Request> requests) {
    List<Outcome> outcomes = new ArrayList<>(requests.size());
    int from = 0;
    while (from < requests.size()) {
      int to = from + 1;
      int size = size(requests.get(from));
      while (to < requests.size()
          && to - from < BATCH_MESSAGES
          && size + size(requests.get(to)) <= BATCH_OCTETS) {
        size += size(requests.get(to++));
      }
      outcomes.addAll(exchange(requests.subList(from, to), size));
      from = to;
    }
    return List.copyOf(outcomes);
  }

  /**
   * Only the last message asks for an acknowledgement: errors come in any case, in order, before
   * it. So a datagram of 256 successes costs one system call to send and one to receive.
   */
  private List<Outcome> exchange(List<Request> chunk, int size) {
    room(size);
    int first = seq + 1;
    for (int i = 0; i < chunk.size(); i++) {
      chunk.get(i).message(++seq, i == chunk.size() - 1).write(out);
    }
    List<@Nullable Ack> acks = new ArrayList<>(Collections.nCopies(chunk.size(), null));
    String op = chunk.size() == 1 ? chunk.get(0).op() : "batch of " + chunk.size() + " requests";
    boolean whole =
        exchange(
            op,
            message -> {
              int index = message.seq() - first;
              if (message.type() != Netlink.NLMSG_ERROR || index < 0 || index >= chunk.size()) {
                return false;
              }
              acks.set(index, Ack.decode(message));
              return index == chunk.size() - 1;
            });
    Ack silent = whole ? new Ack(0, "", -1) : new Ack(Errno.ENOBUFS, "the answer was lost", -1);
    List<Outcome> outcomes = new ArrayList<>(chunk.size());
    for (int i = 0; i < chunk.size(); i++) {
      Ack ack = acks.get(i);
      outcomes.add(Outcome.of(chunk.get(i), ack == null ? silent : ack));
    }
    return outcomes;
  }

  /**
   * Sends requests as one transaction: all of them take effect or none. An outcome of success
   * counts only if all are.
   *
   * @return one outcome for each request, in order; all with the one error when the transaction as
   *     a whole was refused
   */
  List<Outcome> transaction(Request begin, List<Request> requests, Request end) {
    int size = size(begin) + size(end) + requests.stream().mapToInt(Conversation::size).sum();
    room(size);
    int first = seq + 1;
    begin.message(++seq, false).write(out);
    requests.forEach(request -> request.message(++seq, true).write(out));
    end.message(++seq, false).write(out);
    Map<Integer, Ack> acks = new HashMap<>();
    boolean whole =
        exchange(
            end.op(),
            message -> {
              int index = message.seq() - first;
              if (message.type() != Netlink.NLMSG_ERROR || index < 0 || index > requests.size()) {
                return false;
              }
              acks.put(index, Ack.decode(message));
              return index == 0 || index == requests.size();
            });
    Ack lost = new Ack(Errno.ENOBUFS, "the answer was lost", -1);
    Ack all = acks.getOrDefault(0, lost);
    List<Outcome> outcomes = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      Ack ack = whole && !acks.containsKey(0) ? acks.getOrDefault(i + 1, lost) : all;
      outcomes.add(Outcome.of(requests.get(i), ack));
    }
    return outcomes;
  }

  /** The body of the one message that answers, or empty for one of the errors. */
  Optional<Payload> query(Request request, int answerType, Collection<Integer> none) {
    room(size(request));
    request.message(++seq, false).write(out);
    List<Message> answers = new ArrayList<>(1);
    boolean whole =
        exchange(
            request.op(),
            message -> {
              if (message.seq() == seq) {
                answers.add(message);
              }
              return message.seq() == seq;
            });
    if (!whole) {
      throw new NetlinkException(request.op(), Errno.ENOBUFS, "the answer was lost", -1);
    }
    Message answer = answers.get(0);
    if (answer.type() == answerType) {
      return Optional.of(answer.body());
    }
    Ack ack = ack(request.op(), answer);
    if (none.contains(ack.errno())) {
      return Optional.empty();
    }
    NetlinkErrors.count(ack.errno());
    throw new NetlinkException(request.op(), ack.errno(), ack.kernelMessage(), ack.offset());
  }

  /** The entries that match; the others are not retained. */
  <T> Dump<T> dump(
      Request request, int answerType, Function<Payload, T> decode, Predicate<? super T> matches) {
    List<T> entries = new ArrayList<>();
    for (int attempt = 0; attempt < DUMP_TRIES; attempt++) {
      entries.clear();
      Consumer<T> matching =
          entry -> {
            if (matches.test(entry)) {
              entries.add(entry);
            }
          };
      if (dumpOnce(request, answerType, decode, matching)) {
        return new Dump<>(entries, false);
      }
    }
    return new Dump<>(entries, true);
  }

  /**
   * Passes each entry on as it is read and retains none. A dump that was interrupted is repeated,
   * so an entry may come more than once.
   *
   * @return whether every try was interrupted
   */
  <T> boolean forEach(
      Request request, int answerType, Function<Payload, T> decode, Consumer<? super T> each) {
    for (int attempt = 0; attempt < DUMP_TRIES; attempt++) {
      if (dumpOnce(request, answerType, decode, each)) {
        return false;
      }
    }
    return true;
  }

  private <T> boolean dumpOnce(
      Request request, int answerType, Function<Payload, T> decode, Consumer<? super T> each) {
    room(size(request));
    int dump = ++seq;
    request.message(dump, false).write(out);
    boolean[] consistent = {true};
    boolean whole = false;
    try {
      whole =
          exchange(
              request.op(),
              message -> {
                if (message.seq() != dump) {
                  return false;
                }
                consistent[0] &= !message.has(Netlink.NLM_F_DUMP_INTR);
                if (message.type() == answerType) {
                  each.accept(decode.apply(message.body()));
                  return false;
                }
                Ack ack = ack(request.op(), message);
                if (ack.errno() != 0) {
                  throw new NetlinkException(
                      request.op(), ack.errno(), ack.kernelMessage(), ack.offset());
                }
                return true;
              });
    } finally {
      if (!whole) {
        drain(dump);
      }
    }
    return whole && consistent[0];
  }

  /**
   * Reads the rest of an unfinished dump: until then the kernel answers every other dump with
   * EBUSY. The kernel fills the next datagram within each receive, so an empty queue also ends the
   * dump.
   */
  private void drain(int dump) {
    try {
      while (true) {
        NetlinkSocket.Received received = socket.receive(Duration.ZERO);
        if (received instanceof NetlinkSocket.Received.KernelDatagram datagram) {
          if (ends(datagram.octets(), dump)) {
            return;
          }
        } else if (!(received instanceof NetlinkSocket.Received.ReceiveOverrun)) {
          return;
        }
      }
    } catch (SyscallException e) {
      // The caller receives the error that broke the dump; the next request meets this one again.
    }
  }

  private static boolean ends(ByteBuffer octets, int dump) {
    try {
      return Message.parse(octets).stream()
          .filter(message -> message.seq() == dump)
          .anyMatch(
              message ->
                  message.type() == Netlink.NLMSG_DONE || message.type() == Netlink.NLMSG_ERROR);
    } catch (DecodeException e) {
      return false;
    }
  }

  private static Ack ack(String op, Message message) {
    if (message.type() != Netlink.NLMSG_ERROR && message.type() != Netlink.NLMSG_DONE) {
      throw new NetlinkException(
          op, Errno.EINVAL, "answered by a message of type " + message.type(), -1);
    }
    return Ack.decode(message);
  }

  /**
   * Sends the content of {@link #out} and handles answers until the callback has received the last
   * one.
   *
   * @return false when answers were lost
   */
  private boolean exchange(String op, ReplyHandler answer) {
    try {
      socket.send(out.flip());
      while (true) {
        NetlinkSocket.Received received = socket.receive(ANSWER_TIMEOUT);
        if (received instanceof NetlinkSocket.Received.KernelDatagram datagram) {
          for (Message message : Message.parse(datagram.octets())) {
            if (answer.last(message)) {
              return true;
            }
          }
        } else if (received instanceof NetlinkSocket.Received.ReceiveOverrun) {
          return false;
        } else if (received instanceof NetlinkSocket.Received.Closed) {
          throw new NetlinkException(op, Errno.EBADF, "the socket is closed", -1);
        } else {
          throw new NetlinkException(op, Errno.ETIMEDOUT, "no answer", -1);
        }
      }
    } catch (SyscallException e) {
      throw new NetlinkException(op, e.errno(), e.op(), e);
    } catch (DecodeException e) {
      throw new NetlinkException(op, Errno.EINVAL, "answer can't be read: " + e.getMessage(), e);
    }
  }

  private void room(int size) {
    out = BUFFERS.get();
    if (out.capacity() < size) {
      out = direct(size);
    }
    out.clear();
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private static int size(Request request) {
    return Message.HEADER + request.body().length() + 3;
  }

  @Override
  public void close() {
    socket.close();
  }
}
