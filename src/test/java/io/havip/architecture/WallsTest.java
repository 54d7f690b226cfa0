package io.havip.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walls stand, and would be seen to fall. */
@AnalyzeClasses(
    packages = "io.havip",
    importOptions = {ImportOption.DoNotIncludeTests.class, WallsTest.NotFromTestSources.class})
class WallsTest {
  @ArchTest static final ArchRule PURE = Walls.pureIsPure(Walls.inPureRoom());
  @ArchTest static final ArchRule FOREIGN_MEMORY = Walls.FOREIGN_MEMORY_IN_KERNEL;
  @ArchTest static final ArchRule SQL = Walls.SQL_IN_STORE;
  @ArchTest static final ArchRule SPRING = Walls.SPRING_AT_THE_EDGE;
  @ArchTest static final ArchRule METRICS = Walls.METRICS_AT_THE_EDGE;
  @ArchTest static final ArchRule OVSDB = Walls.OVSDB_KNOWS_NO_HAVIP;
  @ArchTest static final ArchRule HTTP = Walls.HTTP_KNOWS_SERVICE;
  @ArchTest static final ArchRule SERVICE = Walls.SERVICE_KNOWS_NO_OUTSIDE;
  @ArchTest static final ArchRule CLIENTS = Walls.CLIENTS_ARE_CLIENTS;
  @ArchTest static final ArchRule CLI = Walls.CLI_NEEDS_NO_KERNEL;
  @ArchTest static final ArchRule CYCLES = Walls.NO_CYCLES;
  @ArchTest static final ArchRule NULL_MARKED = Walls.NULL_MARKED;

  /** Tests are no part of the house, also where they are compiled into the same directory. */
  static final class NotFromTestSources implements ImportOption {
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Pattern CLASS_FILE =
        Pattern.compile(".*/(io/havip/[^$]*?)(\\$.*)?\\.class");

    @Override
    public boolean includes(Location location) {
      Matcher file = CLASS_FILE.matcher(location.asURI().toString());
      return !file.matches() || !Files.exists(TESTS.resolve(file.group(1) + ".java"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Impure.AsksTheTime.class,
        Impure.AsksTheMilliseconds.class,
        Impure.HasAClock.class,
        Impure.ThrowsDice.class,
        Impure.MakesIds.class,
        Impure.StartsAThread.class,
        Impure.Locks.class,
        Impure.ReadsAFile.class,
        Impure.ReadsTheEnvironment.class,
        Impure.Logs.class,
        Impure.KnowsSpring.class,
        Impure.KnowsSql.class,
        Impure.KnowsForeignMemory.class
      })
  void whatIsImpureIsFound(Class<?> sin) {
    assertThat(breaks(Walls.pureIsPure(type(sin)), sin)).isTrue();
  }

  @Test
  void whatIsOutsideItsRoomIsFound() {
    assertThat(breaks(Walls.SQL_IN_STORE, Impure.KnowsSql.class)).isTrue();
    assertThat(breaks(Walls.SPRING_AT_THE_EDGE, Impure.KnowsSpring.class)).isTrue();
    assertThat(breaks(Walls.FOREIGN_MEMORY_IN_KERNEL, Impure.KnowsForeignMemory.class)).isTrue();
  }

  private static boolean breaks(ArchRule rule, Class<?> type) {
    JavaClasses classes = new ClassFileImporter().importClasses(type);
    return rule.evaluate(classes).hasViolation();
  }
}
