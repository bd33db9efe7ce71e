// Trains one small Paper model for 20,000 steps and fails (exit code 1) if a tensor outlives its step or resident memory grows.
// Run: dotnet run -c Release --project bench/TrainingSoak
using System.Diagnostics;
using System.Globalization;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using static TorchSharp.torch;

const int Features = 9;
const int Rows = 128;
const int Minibatches = 64;
const int Steps = 20_000;
const int ReportEvery = 1_000;
const int SettledAfter = 2_000; // allocators and the JIT have grown to their working size
const double AllowedGrowth = 1.05;
const int TimedSteps = 1_000;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var batches = Enumerable.Range(0, Minibatches).Select(index => TwoClusters((ulong)index)).ToArray();
var engine = new TorchTrainingEngine();
var (settledTensors, settledMemory, worstMemory) = (0L, 0L, 0L);
var isLeaking = false;

Console.WriteLine($"{"step",8} {"live tensors",14} {"resident MB",12}");
var state = WeightInitializer.Create(new ParameterLayout(ModelSpec.Paper(Features)), seed: 1);
for (var step = 1; step <= Steps; step++)
{
    Train(state, step);
    if (step % ReportEvery != 0) continue;
    var (tensors, memory) = (Tensor.TotalCount, ResidentBytes());
    Console.WriteLine($"{step,8} {tensors,14} {memory / 1e6,12:F1}");
    if (step == ReportEvery) settledTensors = tensors;
    if (step == SettledAfter) settledMemory = memory;
    if (step > SettledAfter) worstMemory = Math.Max(worstMemory, memory);
    isLeaking |= tensors != settledTensors;
}

var growth = (double)worstMemory / settledMemory;
Console.WriteLine($"largest resident memory after step {SettledAfter}: {growth - 1:+0.0 %;-0.0 %} of that step's");
Console.WriteLine($"steps applied: {state.Updates} of {state.Step}");
Console.WriteLine($"Paper({Features}), batch {Rows}: {MicrosecondsPerStep(ModelSpec.Paper(Features)):F0} us per step");
Console.WriteLine($"Stream({Features}), batch {Rows}: {MicrosecondsPerStep(ModelSpec.Stream(Features)):F0} us per step");
return isLeaking || growth > AllowedGrowth || state.Updates != Steps ? 1 : 0;

void Train(TrainingState trained, int step) =>
    engine.Step(trained, batches[step % Minibatches], Rows, new StepOptions { LearningRate = 1e-4 });

double MicrosecondsPerStep(ModelSpec spec)
{
    var timed = WeightInitializer.Create(new ParameterLayout(spec), seed: 1);
    for (var step = 0; step < TimedSteps / 10; step++) Train(timed, step);
    var started = Stopwatch.GetTimestamp();
    for (var step = 0; step < TimedSteps; step++) Train(timed, step);
    return Stopwatch.GetElapsedTime(started).TotalMicroseconds / TimedSteps;
}

static long ResidentBytes()
{
    using var process = Process.GetCurrentProcess();
    return process.WorkingSet64;
}

static float[] TwoClusters(ulong index)
{
    var random = new CounterRandom(7, RandomPurpose.Batch, index);
    var values = new float[Rows * Features];
    for (var row = 0; row < Rows; row++)
    {
        var centre = random.NextDouble() < 0.4 ? -1.0 : 0.8;
        for (var feature = 0; feature < Features; feature++)
            values[(row * Features) + feature] = (float)(centre + (0.4 * random.NextGaussian()));
    }

    return values;
}
