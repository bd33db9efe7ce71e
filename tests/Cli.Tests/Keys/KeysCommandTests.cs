using DagmmStream.Cli.Terminal;
using DagmmStream.Silo.Access;

namespace DagmmStream.Cli.Tests.Keys;

public class KeysCommandTests
{
    [Fact]
    public async Task Create_Key_IsTheOnlyThingOnTheOutputAndOpens()
    {
        using var folder = new TempFolder();
        var file = folder.File("keys.json");
        var (code, output, _) = await RunAsync("keys", "create", "--name", "line", "--scopes", "ingest,read", "--file", file);
        Assert.Equal(ExitCode.Success, code);
        Assert.Matches(@"^dagmm_[0-9a-f]{8}_[\w-]{43}\s*$", output);
        Assert.Equal([ApiScope.Ingest, ApiScope.Read], Assert.Single(new KeyFile(file, TimeProvider.System).Read()).Scopes);
    }

    [Theory]
    [InlineData("keys", "create", "--name", "x", "--scopes", "root")]
    [InlineData("keys", "create", "--name", "x")]
    [InlineData("keys", "create", "--name", "x", "--scopes", "read", "--days", "-1")]
    public async Task Create_WrongOption_IsAUsageError(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Revoke_UnknownId_FailsAndSaysSo()
    {
        using var folder = new TempFolder();
        var (code, _, error) = await RunAsync("keys", "revoke", "12345678", "--file", folder.File("keys.json"));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("12345678", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Keys_ShowsNoHash()
    {
        using var folder = new TempFolder();
        var file = folder.File("keys.json");
        await RunAsync("keys", "create", "--name", "line", "--scopes", "read", "--stream-prefix", "pump-", "--file", file);
        var key = Assert.Single(new KeyFile(file, TimeProvider.System).Read());
        var (_, output, _) = await RunAsync("keys", "list", "--file", file);
        Assert.Contains(key.Id, output, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Hash, output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await DagmmCommand.RunAsync(arguments, new CliConsole(output, error), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
