package io.havip.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.Console;
import java.io.PrintStream;
import java.io.Serializable;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Random;
import java.util.Scanner;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** What each room may use. The rules also hold for rooms that are not built yet. */
final class Walls {
  private static final Set<String> PURE =
      Set.of(
          "net",
          "id",
          "error",
          "account",
          "inventory",
          "vip",
          "event",
          "decision",
          "plan",
          "wire",
          "ha",
          "keepalived",
          "vrrp",
          "explain",
          "webhook");

  private Walls() {}

  static DescribedPredicate<JavaClass> inRoom(String... rooms) {
    return resideInAnyPackage(
        Stream.of(rooms).map(room -> "io.havip." + room + "..").toArray(String[]::new));
  }

  static DescribedPredicate<JavaClass> inPureRoom() {
    return inRoom(PURE.toArray(String[]::new)).as("in a PURE room");
  }

  /** The plain types of the JDK: values, collections, text, time as a value. */
  private static final DescribedPredicate<JavaClass> PLAIN =
      resideInAnyPackage(
              "java.lang",
              "java.lang.annotation",
              "java.lang.constant",
              "java.lang.invoke",
              "java.lang.runtime",
              "java.math",
              "java.nio",
              "java.nio.charset",
              "java.time..",
              "java.util",
              "java.util.function",
              "java.util.regex",
              "java.util.stream",
              "java.text",
              "org.jspecify.annotations")
          .or(describe("a primitive", JavaClass::isPrimitive))
          .or(equivalentTo(Serializable.class));

  /** Types of the plain packages that are a clock, random, a thread or the outside world. */
  private static final DescribedPredicate<JavaClass> IMPURE =
      describe(
          "a clock, random, a thread or the outside world",
          used ->
              Stream.of(
                      Clock.class,
                      InstantSource.class,
                      Random.class,
                      RandomGenerator.class,
                      SplittableRandom.class,
                      Timer.class,
                      Scanner.class,
                      Thread.class,
                      ThreadLocal.class,
                      ThreadGroup.class,
                      Process.class,
                      ProcessBuilder.class,
                      ProcessHandle.class,
                      Runtime.class,
                      System.Logger.class,
                      PrintStream.class,
                      Console.class)
                  .anyMatch(used::isAssignableTo));

  /** PURE uses only PURE and the JDK's plain types. */
  static ArchRule pureIsPure(DescribedPredicate<JavaClass> pureRoom) {
    DescribedPredicate<JavaClass> allowed = inPureRoom().or(pureRoom).or(PLAIN.and(not(IMPURE)));
    return classes()
        .that(pureRoom)
        .should()
        .onlyDependOnClassesThat(
            describe("are PURE or plain", used -> allowed.test(used.getBaseComponentType())))
        .andShould(notAskTheWorld())
        .as("PURE uses only PURE and the JDK's plain types, and is told what time it is");
  }

  /** Calls that ask for the time, the environment or random through a plain type. */
  private static ArchCondition<JavaClass> notAskTheWorld() {
    Set<String> harmless = Set.of("arraycopy", "identityHashCode", "lineSeparator");
    return new ArchCondition<>("not ask for the time, the environment or random") {
      @Override
      public void check(JavaClass room, ConditionEvents events) {
        for (JavaAccess<?> access : room.getAccessesFromSelf()) {
          JavaClass owner = access.getTargetOwner();
          String called = access.getTarget().getName();
          boolean time = owner.getPackageName().equals("java.time") && called.equals("now");
          boolean zone = called.equals("systemDefault");
          boolean world = owner.isEquivalentTo(System.class) && !harmless.contains(called);
          boolean random =
              called.equals("randomUUID")
                  || called.equals("shuffle")
                  || (owner.isEquivalentTo(Math.class) && called.equals("random"));
          boolean threads = called.equals("parallelStream") || called.equals("parallel");
          if (time || zone || world || random || threads) {
            events.add(SimpleConditionEvent.violated(access, access.getDescription()));
          }
        }
      }
    };
  }

  static final ArchRule FOREIGN_MEMORY_IN_KERNEL =
      noClasses()
          .that(not(inRoom("kernel")))
          .should()
          .dependOnClassesThat(resideInAPackage("java.lang.foreign.."))
          .as("only kernel knows java.lang.foreign");

  static final ArchRule SQL_IN_STORE =
      noClasses()
          .that(not(inRoom("store")))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.sql..",
                  "javax.sql..",
                  "org.springframework.jdbc..",
                  "org.flywaydb..",
                  "org.sqlite..",
                  "org.postgresql..",
                  "com.zaxxer.."))
          .as("only store knows SQL");

  static final ArchRule SPRING_AT_THE_EDGE =
      noClasses()
          .that(not(inRoom("http", "store", "server")))
          .should()
          .dependOnClassesThat(resideInAPackage("org.springframework.."))
          .as("only http, store and server know Spring");

  static final ArchRule METRICS_AT_THE_EDGE =
      noClasses()
          .that(not(inRoom("http", "server")))
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.micrometer..", "io.prometheus.."))
          .as("only http and server know metrics");

  static final ArchRule OVSDB_KNOWS_NO_HAVIP =
      classes()
          .that(inRoom("ovsdb"))
          .should()
          .onlyDependOnClassesThat(inRoom("ovsdb").or(not(resideInAPackage("io.havip.."))))
          .as("ovsdb knows nothing of HAVIP");

  static final ArchRule OVN_NEEDS_NO_KERNEL =
      noClasses()
          .that(inRoom("fabric.ovn"))
          .should()
          .dependOnClassesThat(inRoom("kernel", "fabric.linux"))
          .as("fabric.ovn talks to databases and needs nothing of this host");

  static final ArchRule OVSDB_IN_OVN =
      noClasses()
          .that(not(inRoom("ovsdb", "fabric.ovn", "agent", "server")))
          .should()
          .dependOnClassesThat(inRoom("ovsdb"))
          .as("only fabric.ovn and agent talk to OVSDB, and server says where it is");

  static final ArchRule HTTP_KNOWS_SERVICE =
      noClasses()
          .that(inRoom("http"))
          .should()
          .dependOnClassesThat(inRoom("store", "fabric", "kernel", "reconcile"))
          .allowEmptyShould(true)
          .as("http knows service, not what is behind it");

  static final ArchRule SERVICE_KNOWS_NO_OUTSIDE =
      noClasses()
          .that(inRoom("service", "reconcile"))
          .should()
          .dependOnClassesThat(inRoom("http", "cli", "demo", "server", "kernel"))
          .allowEmptyShould(true)
          .as("service and reconcile know neither their callers nor the kernel");

  static final ArchRule CLIENTS_ARE_CLIENTS =
      noClasses()
          .that(inRoom("cli", "demo", "agent"))
          .should()
          .dependOnClassesThat(inRoom("service", "reconcile", "store", "fabric", "http"))
          .allowEmptyShould(true)
          .as("cli, demo and agent are clients of the public API");

  static final ArchRule CLI_NEEDS_NO_KERNEL =
      noClasses()
          .that(inRoom("cli"))
          .should()
          .dependOnClassesThat(inRoom("kernel"))
          .allowEmptyShould(true)
          .as("cli needs nothing of the kernel");

  static final ArchRule NO_CYCLES =
      slices().matching("io.havip.(*)..").should().beFreeOfCycles().as("rooms have no cycles");

  /** Each package says what lives there, and that its types are not null unless they say so. */
  static final ArchRule NULL_MARKED =
      classes()
          .should(
              new ArchCondition<>("be in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            type, type.getName() + " is in a package without @NullMarked"));
                  }
                }
              });
}
