import java.io.FileReader;
import java.util.Arrays;
import java.util.Scanner;
import weka.classifiers.Classifier;
import weka.core.Instances;
import weka.core.OptionHandler;
import weka.core.Utils;

/**
 * Trains a scheme of Weka and prints, as one line of JSON, the distributions of the rows that it judges in the order in
 * which they are named, and its text. Reads lines of eight cells between bars: ARFF file, class attribute, attributes to
 * drop, training rows, judged rows, one weight a row of the file or nothing, class of the scheme, options.
 */
public class Judge {
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c == '\n') out.append("\\n");
      else out.append(c);
    }
    return out.append('"').toString();
  }

  static Instances rows(Instances data, String list) {
    Instances out = new Instances(data, 0);
    for (String row : list.split(",")) if (!row.isEmpty()) out.add(data.instance(Integer.parseInt(row)));
    return out;
  }

  public static void main(String[] args) throws Exception {
    Scanner in = new Scanner(System.in);
    while (in.hasNextLine()) {
      String[] cells = in.nextLine().split("\\|", -1);
      Instances data = new Instances(new FileReader(cells[0]));
      for (String name : cells[2].split(",")) if (!name.isEmpty()) data.deleteAttributeAt(data.attribute(name).index());
      data.setClass(data.attribute(cells[1]));
      if (!cells[5].isEmpty()) {
        String[] weights = cells[5].split(",");
        for (int i = 0; i < weights.length; i++) data.instance(i).setWeight(Double.parseDouble(weights[i]));
      }
      Instances train = rows(data, cells[3]), judged = rows(data, cells[4]);
      Object scheme = Class.forName(cells[6]).getDeclaredConstructor().newInstance();
      ((OptionHandler) scheme).setOptions(Utils.splitOptions(cells[7]));
      Classifier classifier = (Classifier) scheme;
      long start = System.nanoTime();
      classifier.buildClassifier(train);
      StringBuilder shares = new StringBuilder();
      for (int i = 0; i < judged.numInstances(); i++) {
        shares.append(i > 0 ? "," : "").append(Arrays.toString(classifier.distributionForInstance(judged.instance(i))));
      }
      System.err.println(cells[6] + " " + cells[7] + ": " + (System.nanoTime() - start) / 1e9 + " s");
      String reported = Utils.joinOptions(((OptionHandler) scheme).getOptions());
      System.out.println("{\"full_options\": " + quoted(reported) + ", \"p\": [" + shares + "], \"text\": "
          + quoted(classifier.toString()) + "}");
    }
  }
}
