using System.Globalization;
using System.Xml.Linq;
using OxyPlot;

namespace DagmmStream.Cli.Experiments.Report;

/// <summary>One self-contained page with the tables and pictures of an experiment, and the pictures as files beside it.</summary>
internal static class ExperimentReport
{
    private const int Width = 460;
    private const int Height = 400;
    private const string Style = """
        body { font: 15px/1.5 sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; color: #1c1c1c; background: #fff; }
        table { border-collapse: collapse; margin: 1rem 0; }
        th, td { padding: .25rem .75rem; border-bottom: 1px solid #ccc; text-align: right; }
        th:first-child, td:first-child { text-align: left; }
        .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1rem; }
        figure { margin: 0; } figure svg { max-width: 100%; height: auto; }
        .wide { overflow-x: auto; }
        """;

    /// <summary>Writes index.html and one SVG per picture.</summary>
    /// <param name="folder">The folder; created if it is missing.</param>
    /// <param name="experiment">The experiment, after it ran.</param>
    /// <param name="result">Its figures.</param>
    /// <returns>Path of the page.</returns>
    public static string Write(string folder, ThreeGaussians experiment, ExperimentResult result)
    {
        Directory.CreateDirectory(folder);
        var pictures = Pictures(experiment, result).Select(picture => (picture.Name, Svg: Export(picture.Model))).ToArray();
        foreach (var (name, svg) in pictures) File.WriteAllText(Path.Combine(folder, $"{name}.svg"), svg);
        var title = $"Three Gaussians: {Path.GetFileName(result.Config)}, K = {result.Components}";
        var page = new XElement("html", new XAttribute("lang", "en"),
            new XElement("head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width")),
                new XElement("title", title), new XElement("style", Style)),
            new XElement("body",
                new XElement("h1", title),
                new XElement("p", "Means and population standard deviations over the seeds; pictures of the first one. Dashed: the true "
                    + "components; solid: those found; both two standard deviations wide."),
                new XElement("div", new XAttribute("class", "wide"), Methods(result)),
                new XElement("div", new XAttribute("class", "pictures"), pictures.Select(picture =>
                    new XElement("figure", new XAttribute("id", picture.Name), Inline(picture.Name, picture.Svg)))),
                result.Grid is null ? null : new XElement("h2", "Weights of the published objective"),
                result.Grid is null ? null : new XElement("div", new XAttribute("class", "wide"), Grid(result.Grid))));
        var path = Path.Combine(folder, "index.html");
        File.WriteAllText(path, "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting));
        return path;
    }

    private static IEnumerable<(string Name, PlotModel Model)> Pictures(ThreeGaussians experiment, ExperimentResult result)
    {
        foreach (var run in experiment.FirstRuns)
            yield return (run.Method.Replace(' ', '-').ToLowerInvariant(), PlanePlots.Ellipses(experiment.FirstPoints, run));
        if (experiment.Trace.Terms.Count > 0)
        {
            yield return ("objective", PlanePlots.Terms(experiment.Trace));
            yield return ("shares", PlanePlots.Shares(experiment.Trace));
        }

        if (result.Grid is not null) yield return ("grid", PlanePlots.HeatMap(result.Grid));
    }

    private static string Export(PlotModel model) =>
        new SvgExporter { Width = Width, Height = Height, TextMeasurer = new WideTextMeasurer(Width, Height) }.ExportToString(model);

    /// <summary>A picture as an element whose ids are its own: those of several pictures of a page must differ.</summary>
    private static XElement Inline(string name, string svg)
    {
        var element = XElement.Parse(svg);
        foreach (var attribute in element.DescendantsAndSelf().Attributes())
        {
            if (attribute.Name == "id") attribute.Value = $"{name}-{attribute.Value}";
            else attribute.Value = attribute.Value.Replace("url(#", $"url(#{name}-", StringComparison.Ordinal);
        }

        return element;
    }

    private static XElement Methods(ExperimentResult result) => Table(
        ["method", "ARI", "NMI", "RMSE of mu", "error of Sigma", "L1 of phi", "W2", "log-likelihood gap", "live components"],
        result.Methods.Select(method => (string[])
        [
            method.Method, Text(method.Ari, method.Std.Ari), Text(method.Nmi, method.Std.Nmi), Text(method.MuRmse, method.Std.MuRmse),
            Text(method.SigmaError, method.Std.SigmaError), Text(method.PhiError, method.Std.PhiError), Text(method.W2, method.Std.W2),
            Text(method.LogLikelihoodGap, method.Std.LogLikelihoodGap), Text(method.LiveComponents, method.Std.LiveComponents),
        ]));

    private static XElement Grid(IReadOnlyList<GridCell> grid) => Table(
        ["lambda1", "lambda2", "ARI", "W2", "live components", "failed"],
        grid.Select(cell => (string[])
        [
            Text(cell.Lambda1), Text(cell.Lambda2), Text(cell.Ari), Text(cell.W2), Text(cell.LiveComponents), Text(cell.Failures),
        ]));

    private static XElement Table(string[] heads, IEnumerable<string[]> rows) => new(
        "table",
        new XElement("thead", new XElement("tr", heads.Select(head => new XElement("th", head)))),
        new XElement("tbody", rows.Select(row => new XElement("tr", row.Select(cell => new XElement("td", cell))))));

    private static string Text(double? value) => value?.ToString("0.#####", CultureInfo.InvariantCulture) ?? "-";

    private static string Text(double? mean, double? deviation) =>
        mean is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
}
