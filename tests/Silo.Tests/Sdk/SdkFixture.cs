using System.Globalization;
using DagmmStream.Silo.Embedded;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Sdk;

/// <summary>One silo for the SDK's suites; every test has streams of its own.</summary>
public sealed class SdkFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private int _streams;

    public EmbeddedSilo Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Silo = await EmbeddedSilo.StartAsync(
            new EmbeddedSiloOptions { StorePath = _folder.File("sdk.db"), ConfigureServices = ApiFixture.WaitForPartitions });

    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A small stream of a new name with the features a and b.</summary>
    public StreamDefinition NewDefinition() => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"sdk-{Interlocked.Increment(ref _streams)}"),
        Features = ["a", "b"],
        Preset = ModelPreset.Lite,
    };
}
