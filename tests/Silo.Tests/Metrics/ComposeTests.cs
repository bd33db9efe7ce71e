using System.Diagnostics;
using YamlDotNet.Serialization;

namespace DagmmStream.Silo.Tests.Metrics;

/// <summary>The files of the compose project fit together: there is no Docker engine here to run them.</summary>
public class ComposeTests
{
    private const string Program = "/usr/bin/docker-compose";
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();

    [Theory]
    [InlineData("config", "secret", "")]
    [InlineData("--profile monitoring config", "secret", "")]
    [InlineData("config", null, "set DAGMM_DB_PASSWORD")]
    public async Task DockerCompose_Config_IsValidOrSaysWhatIsMissing(string arguments, string? password, string error)
    {
        Assert.SkipUnless(File.Exists(Program), "docker-compose is not installed (Debian's package)");
        var start = new ProcessStartInfo(Program, $"{arguments} --quiet")
        {
            WorkingDirectory = MetricsTests.Root(), RedirectStandardError = true, Environment = { ["DAGMM_DB_PASSWORD"] = password },
        };
        using var compose = Process.Start(start)!;
        var said = await compose.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await compose.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(error.Length == 0, compose.ExitCode == 0);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_Services_AreThoseOfTheProfileAndMountWhatExists()
    {
        var services = Map(Read("docker-compose.yml")["services"]);
        Assert.Equal(["grafana", "postgres", "prometheus", "silo"], services.Keys.Order());
        foreach (var (name, service) in services)
        {
            var definition = Map(service);
            Assert.True(definition.ContainsKey("image") || definition.ContainsKey("build"), $"{name} has neither image nor build");
            Assert.Equal(name is "prometheus" or "grafana", definition.TryGetValue("profiles", out var profiles)
                && List(profiles).Contains("monitoring"));
            foreach (var mount in List(definition.GetValueOrDefault("volumes")).Where(mount => mount.StartsWith('.')))
                Assert.True(Path.Exists(Path.Combine(MetricsTests.Root(), mount.Split(':')[0])), $"{name} mounts {mount}");
        }
    }

    [Fact]
    public void Prometheus_Configuration_NamesTheSilosAndTheRules()
    {
        var configuration = Read("deploy/prometheus/compose.yml");
        Assert.All(List(configuration["rule_files"]), file =>
            Assert.True(File.Exists(Path.Combine(MetricsTests.Root(), "deploy/prometheus", file))));
        var job = Map(((List<object>)configuration["scrape_configs"])[0]);
        var silos = Map(((List<object>)job["dns_sd_configs"])[0]);
        Assert.Equal(["silo"], List(silos["names"]));
        Assert.Equal("8080", silos["port"]);

        // The key of a reader: where both containers mount it.
        Assert.StartsWith("/etc/dagmm/", (string)Map(job["authorization"])["credentials_file"], StringComparison.Ordinal);
        Assert.Equal("dagmm", job["job_name"]);
    }

    private static Dictionary<string, object> Read(string file) =>
        Map(Yaml.Deserialize(File.ReadAllText(Path.Combine(MetricsTests.Root(), file)))!);

    private static Dictionary<string, object> Map(object node) =>
        ((Dictionary<object, object>)node).ToDictionary(pair => (string)pair.Key, pair => pair.Value);

    private static string[] List(object? node) => node is List<object> items ? [.. items.Cast<string>()] : [];
}
