// Times Weka's schemes in a warmed JVM: one scheme with its options a line of standard input, one JSON line each.
// Compiled and started by benches/weka.py. Arguments: training ARFF, test ARFF, repetitions.
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import weka.classifiers.Classifier;
import weka.clusterers.Clusterer;
import weka.core.Instances;
import weka.core.OptionHandler;
import weka.core.Utils;
import weka.filters.Filter;
import weka.filters.unsupervised.attribute.Remove;

public class Weka {
  static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  static double seconds() { return THREADS.getCurrentThreadCpuTime() / 1e9; }

  static Instances read(String path) throws Exception {
    Instances data = new Instances(new BufferedReader(new FileReader(path)));
    data.setClassIndex(data.numAttributes() - 1);
    return data;
  }

  public static void main(String[] args) throws Exception {
    Instances train = read(args[0]), test = read(args[1]);
    int repeats = Integer.parseInt(args[2]);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] words = Utils.splitOptions(line);
      String name = words[0];
      double build = Double.POSITIVE_INFINITY, predict = Double.POSITIVE_INFINITY;
      double right = 0;
      for (int i = 0; i < repeats; i++) {
        Object scheme = Class.forName(name).getDeclaredConstructor().newInstance();
        String[] options = Utils.splitOptions(line);
        options[0] = "";
        ((OptionHandler) scheme).setOptions(options);
        double begin = seconds(), built, done;
        right = 0;
        if (scheme instanceof Clusterer) {
          Remove remove = new Remove();
          remove.setAttributeIndices("last");
          remove.setInputFormat(train);
          Instances bare = Filter.useFilter(train, remove);
          begin = seconds();
          ((Clusterer) scheme).buildClusterer(bare);
          built = done = seconds();
        } else {
          Classifier classifier = (Classifier) scheme;
          classifier.buildClassifier(train);
          built = seconds();
          for (int row = 0; row < test.numInstances(); row++) {
            double[] shares = classifier.distributionForInstance(test.instance(row));
            if (Utils.maxIndex(shares) == (int) test.instance(row).classValue()) right++;
          }
          done = seconds();
        }
        build = Math.min(build, built - begin);
        predict = Math.min(predict, done - built);
      }
      Runtime runtime = Runtime.getRuntime();
      long mib = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
      System.out.println("{\"build\":" + build + ",\"predict\":" + predict + ",\"right\":" + right + ",\"heap_mib\":" + mib + "}");
    }
  }
}
