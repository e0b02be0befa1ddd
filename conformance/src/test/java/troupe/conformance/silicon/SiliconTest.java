package troupe.conformance.silicon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiliconTest {
  @Test
  void run() throws Exception {
    Path root = Path.of(System.getProperty("table"));
    Silicon silicon = new Silicon(Path.of("src/silicon/silicon.c"), Path.of("target/silicon"));
    int n = 0;
    for (Row row : Row.readAll(root)) {
      if (LeftOut.reason(row) != null) { System.out.println("out: " + row.text()); continue; }
      List<Case> cases = new CaseMaker(row).make(200);
      List<Result> results = silicon.run(cases);
      long ok = results.stream().filter(r -> r.vector() == 3).count();
      n += cases.size();
      assertEquals(cases.size(), results.size());
      if (ok < 150) System.out.println(ok + " " + row.text() + " " + results.stream().map(Result::vector).distinct().toList());
    }
    System.out.println("cases " + n);
  }
}
