using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// Scores, training steps and publishes, by BenchmarkDotNet; its arguments select (--filter '*Score*'), and none asks. Pin the process to
// one core (taskset -c 0) for figures that can be compared.
var artifacts = Directory.CreateTempSubdirectory("dagmm-kernels-").FullName;
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithIterationCount(15).WithToolchain(InProcessEmitToolchain.Instance))
    .WithArtifactsPath(artifacts);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
