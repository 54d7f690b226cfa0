package io.havip.store;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * The statements that a store sent to its database, with their parameters, transaction by
 * transaction; and the means to send them again as fast as JDBC can: prepared once on each
 * connection, every column of every row read.
 */
public final class RecordedStatements {
  private static final String TAKE_REVISION = "UPDATE store SET revision";

  private record Parameter(Method setter, List<@Nullable Object> arguments) {}

  private record Sent(String sql, List<Parameter> parameters) {}

  private record Transaction(List<Sent> statements, boolean isCommitted) {}

  private final List<Transaction> transactions;

  private RecordedStatements(List<Transaction> transactions) {
    this.transactions = transactions;
  }

  /** A connection on which they are sent again, with its prepared statements. */
  public static final class Replay implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    public Replay(Connection connection) throws SQLException {
      this.connection = connection;
      connection.setAutoCommit(false);
    }

    private PreparedStatement prepare(String sql) throws SQLException {
      PreparedStatement statement = prepared.get(sql);
      if (statement == null) {
        statement = connection.prepareStatement(sql);
        prepared.put(sql, statement);
      }
      return statement;
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /**
   * Records what a store sends.
   *
   * @param database whose tables are there
   * @param prepare returns what is to be recorded
   */
  public static RecordedStatements of(DataSource database, Function<Store, Runnable> prepare) {
    List<Transaction> transactions = new ArrayList<>();
    DataSource recorded =
        new DelegatingDataSource(database) {
          @Override
          public Connection getConnection() throws SQLException {
            return recorded(database.getConnection(), transactions);
          }
        };
    HikariDataSource readers = new HikariDataSource(SqlStore.readers(recorded, 1));
    try (Store store = new SqlStore(readers, recorded, Optional.empty(), () -> {})) {
      Runnable use = prepare.apply(store);
      transactions.clear();
      use.run();
      return new RecordedStatements(List.copyOf(transactions));
    }
  }

  /**
   * Sends all of them, each transaction as it was; the number of the change is the next one.
   *
   * @param change what becomes of a parameter
   */
  public void send(Replay replay, UnaryOperator<Object> change)
      throws SQLException, ReflectiveOperationException {
    for (Transaction transaction : transactions) {
      long revision = -1;
      for (Sent sent : transaction.statements()) {
        PreparedStatement statement = replay.prepare(sent.sql());
        for (Parameter parameter : sent.parameters()) {
          @Nullable Object[] arguments = parameter.arguments().toArray();
          boolean isRevision =
              sent.sql().startsWith("INSERT INTO events") && Objects.equals(arguments[0], 1);
          arguments[1] =
              isRevision ? (Object) revision : change.apply(Objects.requireNonNull(arguments[1]));
          parameter.setter().invoke(statement, arguments);
        }
        long first = execute(statement);
        if (sent.sql().startsWith(TAKE_REVISION)) {
          revision = first;
        }
      }
      if (transaction.isCommitted()) {
        replay.connection.commit();
      } else {
        replay.connection.rollback();
      }
    }
  }

  /** How many statements that are. */
  public int size() {
    return transactions.stream().mapToInt(transaction -> transaction.statements().size()).sum();
  }

  private static long execute(PreparedStatement statement) throws SQLException {
    long first = -1;
    if (statement.execute()) {
      try (ResultSet rows = statement.getResultSet()) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int column = 1; column <= columns; column++) {
            Object value = rows.getObject(column);
            if (first == -1 && value instanceof Number number) {
              first = number.longValue();
            }
          }
        }
      }
    }
    return first;
  }

  private static Connection recorded(Connection real, List<Transaction> transactions) {
    List<Sent> statements = new ArrayList<>();
    return proxy(
        Connection.class,
        real,
        (method, arguments, result) -> {
          if (method.getName().equals("prepareStatement")) {
            return recorded((PreparedStatement) result, (String) arguments[0], statements);
          }
          boolean isCommitted = method.getName().equals("commit");
          boolean isRolledBack = method.getName().equals("rollback") && arguments == null;
          if ((isCommitted || isRolledBack) && !statements.isEmpty()) {
            transactions.add(new Transaction(List.copyOf(statements), isCommitted));
            statements.clear();
          }
          return result;
        });
  }

  private static PreparedStatement recorded(
      PreparedStatement real, String sql, List<Sent> statements) {
    List<Parameter> parameters = new ArrayList<>();
    return proxy(
        PreparedStatement.class,
        real,
        (method, arguments, result) -> {
          if (method.getName().startsWith("set")
              && method.getDeclaringClass() == PreparedStatement.class) {
            parameters.add(new Parameter(method, new ArrayList<>(Arrays.asList(arguments))));
          } else if (method.getName().startsWith("execute")) {
            statements.add(new Sent(sql, List.copyOf(parameters)));
          }
          return result;
        });
  }

  private interface Afterwards {
    Object apply(Method method, Object[] arguments, Object result);
  }

  private static <T extends AutoCloseable> T proxy(Class<T> type, T real, Afterwards afterwards) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (method.getName().equals("setReadOnly")) {
                return null; // SQLite has it from the beginning or never
              }
              try {
                return afterwards.apply(method, arguments, method.invoke(real, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
