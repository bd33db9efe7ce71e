using System.Net;
using DagmmStream.Silo.Drain;
using DagmmStream.Silo.Embedded;
using DagmmStream.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace DagmmStream.Silo.Tests.Drain;

public class DrainServiceTests
{
    [Fact]
    public async Task StopAsync_DrainRuns_WhileOrleansIsActiveAndReadySays503()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var drain = new GatedDrain();
        await using var silo = await EmbeddedSilo.StartAsync(
            new EmbeddedSiloOptions
            {
                StorePath = folder.File("a.db"), ConfigureServices = services => services.AddSingleton<IDrain>(drain),
            },
            token);
        var stopping = silo.StopAsync(token);
        await drain.Begun.Task.WaitAsync(token);
        Assert.Equal(SiloStatus.Active, silo.Services.GetRequiredService<ISiloStatusOracle>().CurrentStatus);
        using var http = new HttpClient { BaseAddress = silo.HttpAddress };
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("the silo is draining", await ready.Content.ReadAsStringAsync(token), StringComparison.Ordinal);
        Assert.False(stopping.IsCompleted);
        drain.Finish.SetResult();
        await stopping.WaitAsync(token);
        Assert.NotEqual(SiloStatus.Active, silo.Services.GetRequiredService<ISiloStatusOracle>().CurrentStatus);
    }

    [Fact]
    public async Task StoppingAsync_DrainTimeoutPasses_GoesOn()
    {
        var token = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        var drain = new GatedDrain();
        var stopping = NewService(drain, time).StoppingAsync(token);
        await drain.Begun.Task.WaitAsync(token);
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(30));
        await stopping.WaitAsync(token);
        Assert.True(drain.WasCancelled);
    }

    [Fact]
    public async Task StoppingAsync_DrainThrows_GoesOn()
    {
        var drain = new GatedDrain();
        drain.Finish.SetException(new InvalidOperationException("broken"));
        await NewService(drain, new FakeTimeProvider()).StoppingAsync(TestContext.Current.CancellationToken);
        Assert.True(drain.IsDraining);
    }

    private static DrainService NewService(IDrain drain, TimeProvider time) =>
        new(drain, Options.Create(new SiloOptions()), time, NullLogger<DrainService>.Instance);

    private sealed class GatedDrain : IDrain
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsDraining { get; private set; }

        public bool WasCancelled { get; private set; }

        public async Task<int> DrainAsync(CancellationToken cancellationToken)
        {
            IsDraining = true;
            Begun.TrySetResult();
            try
            {
                await Finish.Task.WaitAsync(cancellationToken);
                return 0;
            }
            catch (OperationCanceledException)
            {
                WasCancelled = true;
                throw;
            }
        }
    }
}
