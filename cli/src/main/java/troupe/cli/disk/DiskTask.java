package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import troupe.cli.CommandWords;
import troupe.diskio.DiskJob;
import troupe.diskio.ParentSearch;

/** What the commands of {@code troupe disk} have in common. */
abstract class DiskTask implements Callable<Integer> {
  static final int DONE = 0;
  static final int NOT_DONE = 1;
  static final int DAMAGED = 2;

  /** The words of the command; each adds its own. */
  final CommandWords words;

  private final List<Path> search = new ArrayList<>();
  private boolean json;

  DiskTask(String description) {
    words = new CommandWords(this, description);
    words.flag("--json", v -> json = v, "Answers with JSON.");
    words.options(
        "--search", "FOLDER", Path.class, search, "Where parents are looked for too (repeatable).");
  }

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
    try (WatchedJob job = new WatchedJob(words.spec().name(), !json)) {
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
    System.err.println(words.spec().qualifiedName() + ": " + reason);
    return NOT_DONE;
  }
}
