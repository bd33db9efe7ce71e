using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace DagmmStream.Cli.Experiments.Report;

/// <summary>Pictures of the experiment, as models of the chart library.</summary>
internal static class PlanePlots
{
    // Points of a picture: more hide the ellipses and make the page heavy.
    private const int ShownPoints = 600;
    private const int EllipseCorners = 96;
    private const double TitleDistance = 10;
    private const string Font = "sans-serif";
    // Half axes of an ellipse in standard deviations: holds 86 % of a component.
    private const double EllipseWidth = 2;
    private static readonly OxyColor[] Colours =
    [
        OxyColor.FromRgb(0x1b, 0x6c, 0xa8), OxyColor.FromRgb(0xd9, 0x7a, 0x1e), OxyColor.FromRgb(0x3a, 0x8f, 0x4d),
        OxyColor.FromRgb(0xa8, 0x3e, 0x8f), OxyColor.FromRgb(0x7a, 0x5c, 0x2e), OxyColor.FromRgb(0x4a, 0x4f, 0x9e),
    ];

    /// <summary>Training points by found cluster, with the true (grey, dashed) and the found ellipses of two standard deviations.</summary>
    public static PlotModel Ellipses(PlanePoints points, MethodRun run)
    {
        var model = Plane(run.Method, "x0", "x1");
        model.PlotType = PlotType.Cartesian;
        for (var label = -1; label <= run.Labels.Max(); label++)
        {
            var series = new ScatterSeries
            {
                MarkerType = MarkerType.Circle, MarkerSize = 1.6, MarkerFill = OxyColor.FromAColor(110, Colour(label)),
            };
            for (var i = 0; i < Math.Min(ShownPoints, run.Labels.Length); i++)
                if (run.Labels[i] == label) series.Points.Add(new ScatterPoint(points.Training[2 * i], points.Training[(2 * i) + 1]));
            if (series.Points.Count > 0) model.Series.Add(series);
        }

        AddEllipses(model, "true", points.Truth, OxyColors.Gray, LineStyle.Dash);
        AddEllipses(model, "found", run.Mixture, OxyColors.Black, LineStyle.Solid);
        AddLegend(model);
        return model;
    }

    /// <summary>Adjusted Rand index over the weights of the published objective.</summary>
    public static PlotModel HeatMap(IReadOnlyList<GridCell> grid)
    {
        var (rows, columns) = (LambdaGrid.EnergyWeights.Length, LambdaGrid.PenaltyWeights.Length);
        var values = new double[columns, rows];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) values[j, i] = grid[(i * columns) + j].Ari ?? double.NaN;
        var model = new PlotModel { Title = "DAGMM paper: ARI", Background = OxyColors.White, DefaultFont = Font };
        model.Axes.Add(Categories(AxisPosition.Bottom, "lambda2 (penalty)", LambdaGrid.PenaltyWeights));
        model.Axes.Add(Categories(AxisPosition.Left, "lambda1 (energy)", LambdaGrid.EnergyWeights));
        model.Axes.Add(new LinearColorAxis
        {
            Position = AxisPosition.Right, Palette = OxyPalettes.Viridis(64), Minimum = 0, Maximum = 1,
            InvalidNumberColor = OxyColors.LightGray,
        });
        model.Series.Add(new HeatMapSeries
        {
            X0 = 0, X1 = columns - 1, Y0 = 0, Y1 = rows - 1, Data = values, Interpolate = false,
            RenderMethod = HeatMapRenderMethod.Rectangles, LabelFontSize = 0.2, LabelFormatString = "0.00",
        });
        return model;
    }

    /// <summary>Terms of the published objective by epoch, each as a share of its range, so that one axis holds all.</summary>
    public static PlotModel Terms(PaperTrace trace)
    {
        var model = Plane("DAGMM paper: terms of the objective", "epoch", "share of the term's range");
        void Add(string name, int colour, Func<int, double> value)
        {
            var values = Enumerable.Range(0, trace.Terms.Count).Select(value).ToArray();
            var (low, high) = (values.Min(), values.Max());
            var series = Line($"{name} {low:0.##} to {high:0.##}", Colours[colour]);
            for (var i = 0; i < values.Length; i++)
                series.Points.Add(new DataPoint(i + 1, high > low ? (values[i] - low) / (high - low) : 0));
            model.Series.Add(series);
        }

        Add("reconstruction", 0, i => trace.Terms[i].Reconstruction);
        Add("energy", 1, i => trace.Terms[i].Energy);
        Add("penalty", 2, i => trace.Terms[i].Penalty);
        AddLegend(model, LegendOrientation.Vertical);
        return model;
    }

    /// <summary>Component shares of the published training by epoch.</summary>
    public static PlotModel Shares(PaperTrace trace)
    {
        var model = Plane("DAGMM paper: shares of the components", "epoch", "share");
        for (var k = 0; k < trace.Shares.Max(shares => shares.Count); k++)
        {
            var series = Line($"phi {k + 1}", Colours[k % Colours.Length]);
            for (var i = 0; i < trace.Shares.Count; i++)
                if (trace.Shares[i].Count > k) series.Points.Add(new DataPoint(i + 1, trace.Shares[i][k]));
            model.Series.Add(series);
        }

        AddLegend(model);
        return model;
    }

    private static void AddEllipses(PlotModel model, string name, PlaneMixture mixture, OxyColor colour, LineStyle style)
    {
        for (var k = 0; k < mixture.Components; k++)
        {
            var series = Line(k == 0 ? name : null, colour);
            (series.LineStyle, series.StrokeThickness) = (style, 1.8);
            // The Cholesky factor maps the unit circle to the ellipse; no rotation, so that unequal axes cannot distort it.
            var s = mixture.Covariances.AsSpan(k * 4, 4);
            var (c00, c10) = (Math.Sqrt(s[0]), s[1] / Math.Sqrt(s[0]));
            var c11 = Math.Sqrt(Math.Max(0, s[3] - (c10 * c10)));
            for (var i = 0; i <= EllipseCorners; i++)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * i / EllipseCorners);
                series.Points.Add(new DataPoint(
                    mixture.Means[2 * k] + (EllipseWidth * c00 * cos),
                    mixture.Means[(2 * k) + 1] + (EllipseWidth * ((c10 * cos) + (c11 * sin)))));
            }

            model.Series.Add(series);
        }
    }

    private static PlotModel Plane(string title, string x, string y)
    {
        var model = new PlotModel { Title = title, Background = OxyColors.White, DefaultFont = Font };
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = x, AxisTitleDistance = TitleDistance });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = y, AxisTitleDistance = TitleDistance });
        return model;
    }

    private static CategoryAxis Categories(AxisPosition position, string title, double[] values)
    {
        var axis = new CategoryAxis { Position = position, Title = title, AxisTitleDistance = TitleDistance };
        axis.Labels.AddRange(values.Select(value => value.ToString("0.#####", System.Globalization.CultureInfo.InvariantCulture)));
        return axis;
    }

    private static LineSeries Line(string? title, OxyColor colour) => new()
    {
        Title = title, Color = colour, StrokeThickness = 1.4, RenderInLegend = title is not null, LineJoin = LineJoin.Round,
    };

    private static void AddLegend(PlotModel model, LegendOrientation orientation = LegendOrientation.Horizontal) =>
        model.Legends.Add(new Legend
    {
        LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.BottomCenter,
        LegendOrientation = orientation,
    });

    private static OxyColor Colour(int label) => label < 0 ? OxyColors.Gray : Colours[label % Colours.Length];
}
