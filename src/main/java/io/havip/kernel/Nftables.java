package io.havip.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * nftables in-process: see libnftables(3). Needs CAP_NET_ADMIN in the network namespace of the
 * calling thread. Any thread may use it; calls wait for each other, also those of other instances:
 * contexts share the library's cache of interface names, which each frees when it is done.
 */
@SuppressWarnings("restricted") // the manifest grants native access
public final class Nftables implements AutoCloseable {
  private static final String LIBRARY = "libnftables.so.1";
  private static final Object LIBRARY_LOCK = new Object();

  // nftables/libnftables.h: NFT_CTX_OUTPUT_*
  private static final int STATELESS = 1 << 2;
  private static final int JSON = 1 << 4;
  private static final int NUMERIC = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10;
  private static final int TERSE = 1 << 11;

  /** An error repeats the line that it is about, however long. */
  private static final int MAX_MESSAGE = 1000;

  private final MemorySegment context;
  private boolean closed;

  private Nftables(MemorySegment context) {
    this.context = context;
  }

  /**
   * Loads the library and makes a context.
   *
   * @throws NftablesException when the library is not installed
   */
  public static Nftables open() throws NftablesException {
    if (Functions.LOOKUP.isEmpty()) {
      throw new NftablesException(
          LIBRARY + " is missing; install the package libnftables1 (Debian, Ubuntu)");
    }
    synchronized (LIBRARY_LOCK) {
      MemorySegment context =
          (MemorySegment) invoke(() -> (MemorySegment) Functions.NEW.invokeExact(0));
      Nftables nftables = new Nftables(context);
      check(nftables.status(Functions.BUFFER_OUTPUT), "nft_ctx_buffer_output");
      check(nftables.status(Functions.BUFFER_ERROR), "nft_ctx_buffer_error");
      return nftables;
    }
  }

  /**
   * Runs commands in the language of nft(8) as one transaction: all of them or none.
   *
   * @throws NftablesException when one was refused
   */
  public void run(String commands) throws NftablesException {
    execute(commands, 0);
  }

  /** What a list command shows, as JSON: see libnftables-json(5). */
  public String json(String listCommand) throws NftablesException {
    return execute(listCommand, JSON | NUMERIC);
  }

  /** What a list command shows, as text without elements and counts. */
  public String outline(String listCommand) throws NftablesException {
    return execute(listCommand, TERSE | STATELESS | NUMERIC);
  }

  @Override
  public void close() {
    synchronized (LIBRARY_LOCK) {
      if (!closed) {
        closed = true;
        invoke(() -> {
          Functions.FREE.invokeExact(context);
          return context;
        });
      }
    }
  }

  private String execute(String commands, int outputFlags) throws NftablesException {
    synchronized (LIBRARY_LOCK) {
      return executeAlone(commands, outputFlags);
    }
  }

  private String executeAlone(String commands, int outputFlags) throws NftablesException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(commands);
      int status =
          (int)
              invoke(() -> {
                Functions.SET_FLAGS.invokeExact(context, outputFlags);
                return (int) Functions.RUN.invokeExact(context, text);
              });
      // Reading a buffer also empties it.
      String output = buffer(Functions.OUTPUT);
      String error = buffer(Functions.ERROR);
      check(
          status,
          error.length() > MAX_MESSAGE ? error.substring(0, MAX_MESSAGE) + "…" : error.strip());
      return output;
    }
  }

  private String buffer(MethodHandle function) {
    MemorySegment text =
        (MemorySegment) invoke(() -> (MemorySegment) function.invokeExact(context));
    return text.reinterpret(Long.MAX_VALUE).getString(0);
  }

  private int status(MethodHandle function) {
    return (int) invoke(() -> (int) function.invokeExact(context));
  }

  private static void check(int status, String message) throws NftablesException {
    if (status != 0) {
      throw new NftablesException(message);
    }
  }

  private interface Call {
    Object run() throws Throwable;
  }

  private static Object invoke(Call call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("a downcall failed", e);
    }
  }

  /** Initialised by the first use, so that its absence can be told in a sentence. */
  private static final class Functions {
    static final Optional<SymbolLookup> LOOKUP = lookup();
    static final MethodHandle NEW = function("nft_ctx_new", ADDRESS, JAVA_INT);
    static final MethodHandle FREE = handle("nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS));
    static final MethodHandle SET_FLAGS =
        handle("nft_ctx_output_set_flags", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    static final MethodHandle BUFFER_OUTPUT = function("nft_ctx_buffer_output", JAVA_INT, ADDRESS);
    static final MethodHandle BUFFER_ERROR = function("nft_ctx_buffer_error", JAVA_INT, ADDRESS);
    static final MethodHandle OUTPUT = function("nft_ctx_get_output_buffer", ADDRESS, ADDRESS);
    static final MethodHandle ERROR = function("nft_ctx_get_error_buffer", ADDRESS, ADDRESS);
    static final MethodHandle RUN = function("nft_run_cmd_from_buffer", JAVA_INT, ADDRESS, ADDRESS);

    private Functions() {}

    private static Optional<SymbolLookup> lookup() {
      try {
        return Optional.of(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private static MethodHandle function(
        String name, MemoryLayout result, MemoryLayout... arguments) {
      return handle(name, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
      // Without the library nothing is ever called; open() says so.
      MemorySegment address = LOOKUP.flatMap(l -> l.find(name)).orElse(MemorySegment.ofAddress(1));
      return Linker.nativeLinker().downcallHandle(address, descriptor);
    }
  }
}
