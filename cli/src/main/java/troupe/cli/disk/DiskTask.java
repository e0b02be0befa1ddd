package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import troupe.diskio.DiskJob;
import troupe.diskio.ParentSearch;

/** What the commands of {@code troupe disk} have in common. */
abstract class DiskTask implements Callable<Integer> {
  static final int DONE = 0;
  static final int NOT_DONE = 1;
  static final int DAMAGED = 2;

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Answers with JSON.")
  private boolean json;

  @Option(
      names = "--search",
      paramLabel = "FOLDER",
      description = "Where parents are looked for too (repeatable).")
  private List<Path> search = new ArrayList<>();

  /**
   * What a command has to say.
   *
   * @param text for people
   * @param json for programs
   */
  record Answer(String text, Map<String, Object> json, int status) {
    static Answer done(String text, Map<String, Object> json) {
      return new Answer(text, json, DONE);
    }
  }

  /** Does what the command is for. */
  abstract Answer run(DiskJob job) throws IOException;

  ParentSearch search() {
    return new ParentSearch(search);
  }

  @Override
  public final Integer call() {
    try (WatchedJob job = new WatchedJob(spec.name(), !json)) {
      Answer answer = run(job);
      job.hide();
      System.out.println(json ? Json.of(answer.json) : answer.text);
      return answer.status;
    } catch (DiskJob.Cancelled e) {
      return refuse("cancelled; everything is as it was");
    } catch (IOException e) {
      return refuse(e.getMessage());
    }
  }

  private int refuse(String reason) {
    System.err.println(spec.qualifiedName() + ": " + reason);
    return NOT_DONE;
  }
}
