package io.havip.store;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The tables of an earlier version of HAVIP. */
final class OldSchema {
  private OldSchema() {}

  /** Makes the tables up to a migration in an empty database, and some rows. */
  static void make(
      DataSource database, String version, List<String> migrations, String... statements)
      throws Exception {
    Flyway.configure()
        .dataSource(database)
        .locations(migrations.toArray(String[]::new))
        .target(version)
        .load()
        .migrate();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }
}
