using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DagmmStream.Bench.Kernels;
using DagmmStream.Bench.Peers;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

// Arguments: the file to write, rounds, machine's description, python with PyTorch (empty for none).
var (file, rounds) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
using var python = PythonPeer.TryStart(args.ElementAtOrDefault(3));
TorchRuntime.EnsureLoaded();
var contests = new List<Contest>();
var small = ModelSpec.Paper(8, [12, 4], 1, 2);
var kdd = ModelSpec.Paper(118, [60, 30, 10], 1, 4);
foreach (var model in (ScoreModel[])[new("small", small), new("kdd", kdd)])
{
    var (onnx, torch) = (new OnnxPeer(model), new TorchScorePeer(model));
    Check(model, onnx, torch);
    foreach (var rows in (int[])[1, 16, 256, 4096]) contests.Add(Scoring(model, onnx, torch, rows));
}

contests.Add(Step("small", small, 64, 1000));
contests.Add(Step("kdd", kdd, 256, 60));
var large = Step("kdd", kdd, 1024, 20);
contests.Add(large);
foreach (var (name, spec, rows) in new[] { ("small", small, 64), ("kdd", kdd, 256) }) contests.Add(Stacks(name, spec, rows));
var peaks = new List<double>();
for (var round = 0; round < rounds; round++)
{
    foreach (var contest in contests) contest.Turn();
    peaks.Add(FmaPeak.Measure());
    Console.Error.WriteLine($"round {round + 1} of {rounds}");
}

Report();

Contest Scoring(ScoreModel model, OnnxPeer onnx, TorchScorePeer torch, int rows)
{
    var (scorer, scores, d) = (new EnergyScorer(), new EnergyScore[rows], model.Spec.Features);
    var contest = new Contest($"score, {model.Name}, batch {rows}");
    var calls = Math.Max(20, 4000 / rows);
    if (rows == 1) contest.Add("DagmmStream", () => scorer.Score(model.Snapshot, model.Raw.AsSpan(0, d)), 40_000);
    else contest.Add("DagmmStream", () => scorer.Score(model.Snapshot, model.Raw, rows, scores), calls, rows);
    contest.Add("ONNX Runtime", () => onnx.ScoreUnbound(rows), calls, rows);
    contest.Add("ONNX Runtime, buffers bound once", () => onnx.Score(rows), calls, rows);
    contest.Add("TorchSharp", () => torch.Score(rows), Math.Max(20, calls / 4), rows);
    if (python is not null) contest.Add("PyTorch", () => python.Measure("score", model.Name, rows, Math.Max(20, calls / 4)) / rows);
    return contest;
}

Contest Step(string name, ModelSpec spec, int rows, int calls)
{
    var contest = new Contest($"training step, {name}, batch {rows}");
    var batch = Data.Rows(rows, spec.Features);
    contest.Add("DagmmStream (simd)", Of(new SimdTrainingEngine(), spec, batch, rows), calls);
    var torch = new TorchStepPeer(spec, batch, rows);
    contest.Add("TorchSharp, modules and Adam", torch.Step, Math.Max(5, calls / 30));
    contest.Add("TorchSharp, our engine", Of(new TorchTrainingEngine(), spec, batch, rows), Math.Max(5, calls / 30));
    if (name == "small")
    {
        const int Stacked = 256;
        var stack = spec with { Members = [.. Enumerable.Repeat(spec.Members[0], Stacked)] };
        contest.Add("TorchSharp, 256 models stacked (bmm), per model", Of(new TorchTrainingEngine(), stack, batch, rows), 3, Stacked);
    }

    if (python is not null) contest.Add("PyTorch, modules and Adam", () => python.Measure("step", name, rows, Math.Max(5, calls / 30)));
    return contest;
}

// What several streams of one shape would gain if the Torch engine made their steps together.
Contest Stacks(string name, ModelSpec spec, int rows)
{
    var contest = new Contest($"step of our Torch engine, {name}, batch {rows}, per model of a stack");
    foreach (var models in (int[])[64, 16, 4, 2, 1])
    {
        var stack = spec with { Members = [.. Enumerable.Repeat(spec.Members[0], models)] };
        contest.Add($"{models} in a stack", Of(new TorchTrainingEngine(), stack, Data.Rows(rows, spec.Features), rows),
            Math.Max(3, 64 / models), models);
    }

    return contest;
}

// Weights of a model after one step that are not, bit for bit, the same when it was made in a stack of others.
static int Differ(ModelSpec spec, int rows, int models)
{
    var stack = spec with { Members = [.. Enumerable.Repeat(spec.Members[0], models)] };
    var (one, several) = (WeightInitializer.Create(new ParameterLayout(spec), 1), WeightInitializer.Create(new ParameterLayout(stack), 1));
    for (var i = 0; i < several.Weights.Length; i++) several.Weights[i] = one.Weights[i % one.Weights.Length];
    var (engine, batch, options) = (new TorchTrainingEngine(), Data.Rows(rows, spec.Features), new StepOptions { LearningRate = 1e-4 });
    engine.Step(one, batch, rows, options);
    engine.Step(several, batch, rows, options);
    return Enumerable.Range(0, one.Weights.Length).Count(i => one.Weights[i] != several.Weights[i]);
}

static Action Of(ITrainingEngine engine, ModelSpec spec, float[] batch, int rows)
{
    var state = WeightInitializer.Create(new ParameterLayout(spec), 1);
    var options = new StepOptions { LearningRate = 1e-4 };
    return () => engine.Step(state, batch, rows, options);
}

// Whoever computes something else is not a peer.
static void Check(ScoreModel model, OnnxPeer onnx, TorchScorePeer torch)
{
    var (scorer, d, a, b) = (new EnergyScorer(), model.Spec.Features, onnx.Score(256), torch.Score(256));
    for (var i = 0; i < 256; i++)
    {
        var own = scorer.Score(model.Snapshot, model.Raw.AsSpan(i * d, d)).Energy;
        var tolerance = 1e-3 * Math.Max(1, Math.Abs(own));
        if (Math.Abs(a[i] - own) > tolerance || Math.Abs(b[i] - own) > tolerance)
            throw new InvalidOperationException($"{model.Name}, event {i}: {own}, ONNX Runtime {a[i]}, TorchSharp {b[i]}");
    }
}

void Report()
{
    var text = new StringBuilder();
    text.AppendLine("# Kernels beside their peers").AppendLine();
    text.AppendLine(CultureInfo.InvariantCulture,
        $"Machine: {args.ElementAtOrDefault(2)}. {DateTime.UtcNow:yyyy-MM-dd}. Command: `bench/peers.sh`.");
    text.AppendLine();
    text.AppendLine(CultureInfo.InvariantCulture,
        $"CPU time of the thread in microseconds (per event, per step), one thread each, {rounds} turns in one run; ratios within a turn:");
    text.AppendLine("peer / DagmmStream. small: 8-12-4-1, 2 components; kdd: 118-60-30-10-1, 4 components; Paper preset.");
    text.AppendLine("Peers get scaled events, we scale them ourselves.");
    text.AppendLine().AppendLine("| case | who | median µs | ratio min | median | max |").AppendLine("|---|---|---|---|---|---|");
    foreach (var contest in contests) contest.Write(text);
    var peak = peaks.Order().ElementAt(peaks.Count / 2);
    var share = 2.0 * MultiplyAdds(kdd) * 1024 / large.Median / peak;
    text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
        $"Measured peak of the core: {peak / 1e3:F0} GF/s. Multiply-adds of the networks in a step of kdd, batch 1024: {share:P0} of it.");
    text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
        $"Weights after one step of our Torch engine that differ, alone and in a stack of 16: small {Differ(small, 64, 16)} of "
        + $"{new ParameterLayout(small).Length}, kdd {Differ(kdd, 256, 16)} of {new ParameterLayout(kdd).Length}.");
    File.WriteAllText(file, text.ToString());
    Console.Write(text);
}

// Forward, gradient by weights, gradient by inputs (not of the first layer).
static long MultiplyAdds(ModelSpec spec)
{
    var layout = new ParameterLayout(spec);
    ImmutableArray<LayerShape> all = [.. layout.Encoder, .. layout.Decoder, .. layout.Estimation];
    return all.Sum(layer => 3L * layer.Inputs * layer.Outputs) - (layout.Encoder[0].Inputs * layout.Encoder[0].Outputs);
}
