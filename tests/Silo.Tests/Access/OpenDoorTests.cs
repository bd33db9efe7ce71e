using DagmmStream.Silo.Access;
using DagmmStream.Silo.Hosting;

namespace DagmmStream.Silo.Tests.Access;

public class OpenDoorTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    [InlineData("http://192.0.2.1:0")]
    public async Task Start_OtherMachinesCanReachItAndThereIsNoKey_RefusesAndSaysWhatToDo(string urls)
    {
        using var folder = new TempFolder();
        var error = new StringWriter();
        var code = await SiloProgram.RunAsync(
            ["--urls", urls, "--keys", folder.File("keys.json"), "--store", folder.File("a.db")], TextWriter.Null, error);
        Assert.Equal(SiloProgram.Usage, code);
        Assert.Contains("dagmm keys create", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(folder.File("keys.json"), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_KestrelEndpointBeyondThisMachine_RefusesToo()
    {
        using var folder = new TempFolder();
        var error = new StringWriter();
        var code = await SiloProgram.RunAsync(
            ["--Kestrel:Endpoints:Https:Url", "https://0.0.0.0:8443", "--keys", folder.File("keys.json")], TextWriter.Null, error);
        Assert.Equal(SiloProgram.Usage, code);
        Assert.Contains("https://0.0.0.0:8443", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnlyExpiredKeys_Refuses()
    {
        using var folder = new TempFolder();
        new KeyFile(folder.File("keys.json"), TimeProvider.System).Create("old", [ApiScope.Admin], lifetime: TimeSpan.FromTicks(1));
        var error = new StringWriter();
        var code = await SiloProgram.RunAsync(["--urls", "http://0.0.0.0:0", "--keys", folder.File("keys.json")], TextWriter.Null, error);
        Assert.Equal(SiloProgram.Usage, code);
    }
}
