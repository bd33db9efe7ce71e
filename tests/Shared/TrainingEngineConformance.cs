using System.Collections.Immutable;
using DagmmStream.Modeling.Conformance;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using Xunit;

namespace DagmmStream.Tests.Shared;

/// <summary>What every training engine must do; each engine's tests derive from it.</summary>
public abstract partial class TrainingEngineConformance
{
    /// <summary>The engine.</summary>
    protected abstract ITrainingEngine Engine { get; }

    /// <summary>The same engine as evaluator of the objective.</summary>
    protected abstract IObjectiveEvaluator Evaluator { get; }

    /// <summary>Models that differ in every option.</summary>
    /// <returns>Names.</returns>
    public static TheoryData<string> Models() => ["paper", "paper-dropout", "stream", "lite", "deep"];

    [Theory]
    [InlineData(Precision.Double)]
    [InlineData(Precision.Single)]
    public void Evaluate_EveryGoldenCase_IsWithinTolerance(Precision precision)
    {
        if (!Evaluator.Supports(precision)) Assert.Skip($"{Evaluator.Name} has no {precision} precision");
        var checks = SharedData.NetworkCases().Select(path => GoldenCheck.Run(GoldenCase.Load(path), Evaluator, precision)).ToList();
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
        Assert.True(checks.Count >= 16, $"only {checks.Count} golden cases");
    }

    [Fact]
    public void Evaluate_RandomModels_GradientsAgreeWithCentralDifferences()
    {
        for (ulong trial = 0; trial < 24; trial++)
        {
            var (spec, rows) = RandomModel(trial);
            var layout = new ParameterLayout(spec);
            var weights = Perturbed(layout, trial);
            var batch = Rows(rows, spec.Features, trial).Select(value => (double)value).ToArray();
            var got = Evaluator.Evaluate(
                spec, weights, batch, rows, [], Evaluator.Supports(Precision.Double) ? Precision.Double : Precision.Single);
            AssertGradient(spec, weights, batch, rows, got.Gradient, trial);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Evaluate_AnyModel_AgreesWithTheManagedForwardPass(string model)
    {
        foreach (var member in Spec(model).Members)
        {
            var spec = Spec(model) with { Members = [member] };
            var weights = Perturbed(new ParameterLayout(spec), 3);
            var batch = Rows(40, spec.Features, 5).Select(value => (double)value).ToArray();
            var precision = Evaluator.Supports(Precision.Double) ? Precision.Double : Precision.Single;
            var tolerance = precision == Precision.Double ? 1e-9 : 1e-4;
            var expected = new ManagedObjective().Evaluate(spec, weights, batch, 40, [], Precision.Double);
            var got = Evaluator.Evaluate(spec, weights, batch, 40, [], precision);
            AssertClose(expected.Objective, got.Objective, tolerance);
            AssertClose(expected.Reconstruction, got.Reconstruction, tolerance);
            AssertClose(expected.Energy, got.Energy, tolerance);
            AssertClose(expected.Penalty, got.Penalty, tolerance);
            for (var i = 0; i < 40; i++) AssertClose(expected.Energies[i], got.Energies[i], tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_ResumedFromACopy_GivesTheSameBits(string model)
    {
        var straight = State(model);
        Run(straight, 0, 12);
        var resumed = State(model);
        Run(resumed, 0, 5);
        resumed = resumed.Clone();
        Run(resumed, 5, 12);
        AssertSame(straight, resumed);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Step_OnOtherThreadsAtOnce_GivesTheSameBits(string model)
    {
        var expected = State(model);
        Run(expected, 0, 8);
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var state = State(model);
            Run(state, 0, 8);
            return state;
        })));
        Assert.All(others, other => AssertSame(expected, other));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_MinibatchNotFinite_ChangesNothingAndSaysSo(string model)
    {
        var state = State(model);
        Run(state, 0, 2);
        var before = state.Clone();
        var batch = Batch(state, 2);
        batch[3] = float.NaN;
        var result = Engine.Step(state, batch, batch.Length / state.Layout.Spec.Features, new StepOptions { LearningRate = 1e-3 });
        Assert.False(result.Applied);
        Assert.Equal(3, state.Step);
        Assert.Equal(2, state.Updates);
        Assert.Equal(before.Weights, state.Weights);
        Assert.Equal(before.SecondMoment, state.SecondMoment);
        Run(state, 3, 4);
        Assert.Equal(3, state.Updates);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_ReconstructionOnly_LeavesTheEstimationNetworkAlone(string model)
    {
        var state = State(model);
        var before = state.Clone();
        var batch = Batch(state, 0);
        var result = Engine.Step(
            state, batch, batch.Length / state.Layout.Spec.Features, new StepOptions { LearningRate = 1e-3, ReconstructionOnly = true });
        Assert.True(result.Applied);
        Assert.Equal(0, result.Energy);
        for (var member = 0; member < state.Layout.Spec.Members.Length; member++)
        {
            foreach (var block in state.Layout.Blocks)
            {
                var start = (member * state.Layout.MemberLength) + block.Offset;
                var isSame = before.Weights.AsSpan(start, block.Length).SequenceEqual(state.Weights.AsSpan(start, block.Length));
                Assert.Equal(block.Name.StartsWith("est.", StringComparison.Ordinal), isSame);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_EqualRowsAndConstantColumns_StaysFinite(string model)
    {
        var state = State(model);
        var d = state.Layout.Spec.Features;
        var batch = new float[64 * d];
        for (var i = 0; i < batch.Length; i++) batch[i] = i % d == 0 ? 1 : 0.25f;
        for (var step = 0; step < 20; step++) Engine.Step(state, batch, 64, new StepOptions { LearningRate = 1e-3 });
        Assert.All(state.Weights, weight => Assert.True(float.IsFinite(weight)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_TwoHundredTimes_LowersTheObjective(string model)
    {
        var state = State(model);
        var first = Run(state, 0, 1);
        var last = Run(state, 1, 200);
        Assert.Equal(200, state.Updates);
        Assert.True(last.Reconstruction < first.Reconstruction, $"reconstruction {first.Reconstruction} -> {last.Reconstruction}");
        Assert.True(last.Objective < first.Objective, $"objective {first.Objective} -> {last.Objective}");
    }

    /// <summary>A model of the suite by name.</summary>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <returns>The model.</returns>
    protected static ModelSpec Spec(string model) => model switch
    {
        "paper" => ModelSpec.Paper(6, [12, 4], 1, 2, dropoutKeep: 1),
        "paper-dropout" => ModelSpec.Paper(6, [12, 4], 1, 2),
        "stream" => ModelSpec.Stream(5),
        "lite" => ModelSpec.Lite(4),
        _ => ModelSpec.Stream(7) with { EncoderHidden = [12, 9], Latent = 3, EstimationHidden = [8, 6], Components = 3, DropoutKeep = 0.8 },
    };

    /// <summary>Rows of two clusters.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="features">Features.</param>
    /// <param name="index">Which minibatch.</param>
    /// <returns>Values [rows, features].</returns>
    protected static float[] Rows(int rows, int features, ulong index)
    {
        var random = new CounterRandom(77, RandomPurpose.Batch, index);
        var values = new float[rows * features];
        for (var i = 0; i < rows; i++)
        {
            var cluster = random.NextDouble() < 0.4 ? -1.0 : 0.8;
            for (var j = 0; j < features; j++)
                values[(i * features) + j] = (float)((cluster * (j % 2 == 0 ? 1 : -1)) + (0.4 * random.NextGaussian()));
        }

        return values;
    }

    private static TrainingState State(string model) => WeightInitializer.Create(new ParameterLayout(Spec(model)), seed: 9);

    private static float[] Batch(TrainingState state, int step) => Rows(48, state.Layout.Spec.Features, (ulong)step);

    private static double[] Perturbed(ParameterLayout layout, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Weights, 99);
        return [.. WeightInitializer.Create(layout, seed).Weights.Select(weight => weight + (0.1 * random.NextGaussian()))];
    }

    private static (ModelSpec Spec, int Rows) RandomModel(ulong trial)
    {
        var random = new CounterRandom(trial, RandomPurpose.Sampling, 1);
        var features = 2 + random.NextInt32(6);
        int[] hidden = [.. Enumerable.Range(0, random.NextInt32(4)).Select(_ => 2 + random.NextInt32(6))];
        var isStream = trial % 2 == 0;
        var member = new MemberSpec
        {
            Activation = random.NextInt32(2) == 0 ? Activation.Tanh : Activation.LeakyRelu,
            InputMap = (InputMap)random.NextInt32(3),
            PriorStrength = 1 + random.NextInt32(5),
        };
        var spec = new ModelSpec
        {
            Features = features,
            EncoderHidden = [.. hidden],
            Latent = 1 + random.NextInt32(8),
            EstimationHidden = [.. Enumerable.Range(0, 1 + random.NextInt32(2)).Select(_ => 3 + random.NextInt32(6))],
            Components = 1 + random.NextInt32(8),
            ReconstructionFeatures = isStream ? ReconstructionFeatures.Log : ReconstructionFeatures.Paper,
            ReconstructionLoss = random.NextInt32(2) == 0 ? ReconstructionLoss.Sum : ReconstructionLoss.Mean,
            LinearSkip = random.NextInt32(2) == 0,
            StandardizeLatent = isStream || random.NextInt32(2) == 0,
            CovarianceRule = isStream ? CovarianceRule.Map : CovarianceRule.Epsilon,
            CovarianceEpsilon = 1e-2,
            Members = ImmutableArray.Create(member),
        };
        int[] rows = [12, 64, 3, 200, 33, 1024, 16, 129];
        return (spec, rows[trial % (ulong)rows.Length]);
    }

    private StepResult Run(TrainingState state, int from, int to)
    {
        StepResult result = default;
        for (var step = from; step < to; step++)
        {
            var batch = Batch(state, step);
            result = Engine.Step(state, batch, batch.Length / state.Layout.Spec.Features, new StepOptions { LearningRate = 2e-3 });
            Assert.True(result.Applied);
        }

        return result;
    }

    /// <summary>Compares with central differences of the double objective along the axes of a sample of parameters.</summary>
    private void AssertGradient(ModelSpec spec, double[] weights, double[] batch, int rows, double[] gradient, ulong trial)
    {
        const double Step = 1e-5;
        var managed = new ManagedObjective();
        var random = new CounterRandom(trial, RandomPurpose.Sampling, 2);
        var size = gradient.Max(Math.Abs);
        var tolerance = Evaluator.Supports(Precision.Double) ? 1e-5 : 2e-3;
        for (var sample = 0; sample < 40; sample++)
        {
            var at = random.NextInt32(weights.Length);
            double J(double shift)
            {
                var moved = (double[])weights.Clone();
                moved[at] += shift;
                return managed.Evaluate(spec, moved, batch, rows, [], Precision.Double).Objective;
            }

            var expected = (J(Step) - J(-Step)) / (2 * Step);
            Assert.True(
                Math.Abs(expected - gradient[at]) <= tolerance * Math.Max(size, 1e-3),
                $"trial {trial}, parameter {at}: {gradient[at]}, central difference {expected}, largest {size}");
        }
    }

    private static void AssertClose(double expected, double got, double tolerance) =>
        Assert.True(Math.Abs(expected - got) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{got}, expected {expected}");

    private static void AssertSame(TrainingState expected, TrainingState got)
    {
        Assert.Equal(expected.Weights, got.Weights);
        Assert.Equal(expected.FirstMoment, got.FirstMoment);
        Assert.Equal(expected.SecondMoment, got.SecondMoment);
        Assert.Equal((expected.Step, expected.Updates), (got.Step, got.Updates));
    }
}
