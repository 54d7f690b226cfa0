package io.havip.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresStoreTest extends StoreContract {
  private static PostgresServer postgres;

  private String url;

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = PostgresServer.shared();
  }

  @BeforeEach
  @Override
  void openStore() throws Exception {
    url = postgres.newDatabase();
    super.openStore();
  }

  @Override
  protected Store open() {
    return PostgresStore.open(url, PostgresServer.USER, PostgresServer.PASSWORD);
  }

  @Override
  protected Store openMigrated(String version, String... rows) throws Exception {
    String old = postgres.newDatabase();
    try (Connection connection = PostgresServer.connect(old);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE");
      statement.execute("CREATE SCHEMA public");
    }
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(old);
    database.setUser(PostgresServer.USER);
    database.setPassword(PostgresServer.PASSWORD);
    OldSchema.make(
        database, version, List.of("classpath:db/migration", "classpath:db/postgresql"), rows);
    return PostgresStore.open(old, PostgresServer.USER, PostgresServer.PASSWORD);
  }

  @Test
  void whenAGrantIsWithdrawnAtAnotherServerNoNicIsLeftWithoutAGrant() throws Exception {
    try (Store other = open()) {
      noNicIsLeftWithoutAGrant(store, other);
    }
  }

  @Test
  void ofManyWhoWantOneAddressFromTwoServersOneGetsIt() throws Exception {
    try (Store other = open()) {
      oneGetsTheAddress(store, other);
    }
  }

  @Test
  void ofManyWhoWantTheLastBindingOfAVipFromTwoServersOneGetsIt() throws Exception {
    try (Store other = open()) {
      oneGetsTheLastBindingOfAVip(store, other);
    }
  }

  @Test
  void ofManyWhoWantTheLastVipOfAVmFromTwoServersOneGetsIt() throws Exception {
    try (Store other = open()) {
      oneGetsTheLastVipOfAVm(store, other);
    }
  }

  @Test
  void writesFromTwoServersSeeEachOther() throws Exception {
    try (Store other = open()) {
      everybodyGetsAnAddress(store, other);
    }
  }

  @Test
  void textComparesByBytesWhateverTheLocaleOfTheDatabase() throws Exception {
    try (Connection connection = PostgresServer.connect(url);
        Statement statement = connection.createStatement()) {
      assertThat(isTrue(statement, "SELECT 'a' < 'B'")).as("the locale's order").isTrue();
      Map<String, Integer> columns = new HashMap<>();
      try (ResultSet rows =
          statement.executeQuery(
              """
              SELECT collation_name, COUNT(*) FROM information_schema.columns
              WHERE table_schema = current_schema() AND data_type = 'text' GROUP BY collation_name
              """)) {
        while (rows.next()) {
          columns.put(String.valueOf(rows.getString(1)), rows.getInt(2));
        }
      }
      assertThat(columns).containsOnlyKeys("C");
      assertThat(isTrue(statement, "SELECT name < 'D' FROM vpcs")).as("cloud before D").isFalse();
    }
  }

  private static boolean isTrue(Statement statement, String query) throws Exception {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"jdbc:postgresql://127.0.0.1:1/havip", "jdbc:postgresql:////", "jdbc:sqlite:a.db"})
  void anUnusableDatabaseIsNamedWithoutThePassword(String wrong) {
    assertThatThrownBy(() -> PostgresStore.open(wrong + "?password=hunter2", "nobody", "hunter3"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(wrong)
        .hasMessageNotContaining("hunter");
  }

  @Test
  void aWrongPasswordAndAMissingDatabaseAreCalledThat() {
    assertThatThrownBy(() -> PostgresStore.open(url, PostgresServer.USER, "hunter2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("password authentication failed")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() ->
            PostgresStore.open(
                url.replaceFirst("[^/]+$", "nowhere"),
                PostgresServer.USER,
                PostgresServer.PASSWORD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"nowhere\" does not exist");
  }
}
