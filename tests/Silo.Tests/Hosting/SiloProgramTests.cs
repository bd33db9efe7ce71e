using System.Net;
using System.Net.Sockets;
using DagmmStream.Silo.Hosting;

namespace DagmmStream.Silo.Tests.Hosting;

public class SiloProgramTests
{
    [Theory]
    [InlineData("--gateway-port 70000", "Silo:GatewayPort = \"70000\": use a TCP port, 1 to 65535")]
    [InlineData("--gateway-port 11111", "Silo:GatewayPort = \"11111\": the same as SiloPort")]
    [InlineData("--silo-port abc", "'abc' at 'Silo:SiloPort'")]
    [InlineData("--urls localhost", "Silo:Urls = \"localhost\": use addresses like http://127.0.0.1:8080")]
    [InlineData("--drain-timeout 01:00:00", "Silo:DrainTimeout = \"01:00:00\": use 00:00:00 to 00:10:00")]
    [InlineData("--log-format Xml", "'Xml' at 'Silo:LogFormat'")]
    [InlineData("--Silo:GatwayPort 1", "GatwayPort")]
    [InlineData("--gatway-port 1", "--gatway-port")]
    [InlineData("start", "\"start\": unexpected argument")]
    public async Task RunAsync_WrongSetting_ExitsWithUsageAndNamesOptionAndValue(string arguments, string message)
    {
        var (code, _, error) = await RunAsync(arguments.Split(' '));
        Assert.Equal(SiloProgram.Usage, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Help_ListsTheOptions()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(SiloProgram.Success, code);
        Assert.Contains("--gateway-port", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DamagedStore_ExitsWithOneClearLine()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("bad.db"), new string('x', 8192), TestContext.Current.CancellationToken);
        var (code, _, error) = await RunAsync("--store", folder.File("bad.db"), "--urls", "http://127.0.0.1:0", "--log-level", "None");
        Assert.Equal(SiloProgram.Failed, code);
        Assert.Contains("bad.db", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task RunAsync_PortInUse_SaysHowToChooseAnother()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (code, _, error) = await RunAsync(
            "--store", folder.File("a.db"), "--urls", $"http://127.0.0.1:{port}", "--silo-port", $"{port}", "--log-level", "None");
        Assert.Equal(SiloProgram.Failed, code);
        Assert.Contains("--silo-port", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await SiloProgram.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
