package io.havip.demo;

import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A client that asks the VIP again and again, and notes who answers when. */
final class Probe implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMillis(5);

  /**
   * An answer.
   *
   * @param from the name of the guest that gave it
   * @param atNanos when it came, in {@link System#nanoTime}
   */
  private record Answer(String from, long atNanos) {}

  /** Somebody else answers than before, or the same after a while of silence. */
  interface Listener {
    /**
     * Called on the thread that listens for answers.
     *
     * @param before who answered last
     * @param after who answers now
     * @param silence from the last answer of the one to the first of the other
     */
    void answersAnew(String before, String after, Duration silence);
  }

  private static final int MAX_DATAGRAM_OCTETS = 1500;

  /** Answers of the last 10 minutes; older ones are forgotten. */
  private static final int MAX_ANSWERS = 120_000;

  /** So long is no loss of single packets any more. */
  private static final Duration SILENCE = Duration.ofMillis(100);

  private final DatagramChannel channel;
  private final InetSocketAddress vip;
  private final Deque<Answer> answers = new ArrayDeque<>(); // guarded by itself
  private volatile long questions;
  private final AtomicLong lateNanos = new AtomicLong();
  private volatile Listener listener = (_, _, _) -> {};

  private Probe(DatagramChannel channel, InetSocketAddress vip) {
    this.channel = channel;
    this.vip = vip;
  }

  /** Starts asking, every 5 ms. */
  static Probe start(Guest client, Ipv4Address vip) throws IOException, InterruptedException {
    InetSocketAddress own =
        new InetSocketAddress(InetAddress.getByAddress(client.address().toBytes()), 0);
    DatagramChannel channel =
        client.namespace().call(() -> DatagramChannel.open(StandardProtocolFamily.INET).bind(own));
    Probe probe =
        new Probe(
            channel,
            new InetSocketAddress(InetAddress.getByAddress(vip.toBytes()), EchoServer.PORT));
    Thread.ofPlatform().daemon().name("probe-ask").start(probe::ask);
    Thread.ofPlatform().daemon().name("probe-listen").start(probe::listen);
    return probe;
  }

  /** The client's UDP port, where answers go. */
  int port() throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  /** How often it has asked. */
  long questions() {
    return questions;
  }

  /** By how much a question came too late, at most, since this was asked last: what is not seen. */
  Duration late() {
    return Duration.ofNanos(lateNanos.getAndSet(0));
  }

  /** How many answers came from whom after a moment of {@link System#nanoTime}. */
  Map<String, Long> answersSince(long nanos) {
    synchronized (answers) {
      return answers.reversed().stream()
          .takeWhile(answer -> answer.atNanos() - nanos > 0)
          .collect(Collectors.groupingBy(Answer::from, Collectors.counting()));
    }
  }

  /**
   * How long nobody answered: from the last answer before the moment to the first that somebody
   * else gave after it.
   *
   * @throws IllegalStateException when there are no two such answers
   */
  Duration silence(long nanos, String before) {
    synchronized (answers) {
      Answer previous = null;
      for (Answer answer : answers) {
        if (answer.atNanos() - nanos > 0 && !answer.from().equals(before)) {
          if (previous == null) {
            throw new IllegalStateException("nobody had answered before");
          }
          return Duration.ofNanos(answer.atNanos() - previous.atNanos());
        }
        previous = answer;
      }
      throw new IllegalStateException("nobody has answered since");
    }
  }

  /** Who answered last, if anybody did, and how long ago. */
  Optional<Map.Entry<String, Duration>> last() {
    synchronized (answers) {
      return Optional.ofNullable(answers.peekLast())
          .map(a -> Map.entry(a.from(), Duration.ofNanos(System.nanoTime() - a.atNanos())));
    }
  }

  /** Tells from now on whenever somebody answers anew. */
  void tell(Listener whom) {
    listener = whom;
  }

  private void ask() {
    ByteBuffer question = ByteBuffer.allocate(Long.BYTES);
    long next = System.nanoTime();
    while (channel.isOpen()) {
      long number = questions;
      try {
        channel.send(question.clear().putLong(number).flip(), vip);
      } catch (IOException e) {
        // Nobody there (EHOSTUNREACH): a question without an answer.
      }
      questions = number + 1;
      next += PERIOD.toNanos();
      LockSupport.parkNanos(next - System.nanoTime());
      lateNanos.accumulateAndGet(System.nanoTime() - next, Math::max);
    }
  }

  private void listen() {
    ByteBuffer answer = ByteBuffer.allocate(MAX_DATAGRAM_OCTETS);
    while (channel.isOpen()) {
      try {
        InetSocketAddress from = (InetSocketAddress) channel.receive(answer.clear());
        long now = System.nanoTime();
        answer.flip();
        if (from.equals(vip) && answer.remaining() > Long.BYTES) {
          String name = StandardCharsets.UTF_8.decode(answer.position(Long.BYTES)).toString();
          note(new Answer(name, now));
        }
      } catch (IOException e) {
        // The channel was closed; the loop ends.
      }
    }
  }

  private void note(Answer answer) {
    Answer previous;
    synchronized (answers) {
      previous = answers.peekLast();
      answers.add(answer);
      if (answers.size() > MAX_ANSWERS) {
        answers.remove();
      }
    }
    if (previous != null) {
      Duration silence = Duration.ofNanos(answer.atNanos() - previous.atNanos());
      if (!previous.from().equals(answer.from()) || silence.compareTo(SILENCE) > 0) {
        listener.answersAnew(previous.from(), answer.from(), silence);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
