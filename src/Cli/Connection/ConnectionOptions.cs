using System.CommandLine;
using DagmmStream.Client;

namespace DagmmStream.Cli.Connection;

/// <summary>The options that say which service a command talks to.</summary>
internal sealed class ConnectionOptions
{
    private const string KeyVariable = "DAGMM_API_KEY";

    private readonly Option<string> _endpoint = new("--endpoint")
    {
        Description = "Gateway of a running silo, host:port; or its HTTP address, http://… or https://….",
        DefaultValueFactory = _ => "127.0.0.1:30000",
    };

    private readonly Option<string?> _apiKey = new("--api-key")
    {
        Description = $"Key for an HTTP address; better in the environment variable {KeyVariable}.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(KeyVariable),
    };

    private readonly Option<bool> _embedded = new("--embedded") { Description = "Start a silo in this process instead." };

    private readonly Option<string?> _store = new("--store")
    {
        Description = "With --embedded: file of the store, created when missing. Without: a temporary store, deleted at the end.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_endpoint);
        command.Options.Add(_apiKey);
        command.Options.Add(_embedded);
        command.Options.Add(_store);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_store) is { Implicit: false } && !result.GetValue(_embedded))
                result.AddError("--store needs --embedded: the store of a running silo is its own.");
            if (result.GetResult(_endpoint) is { Implicit: false } && result.GetValue(_embedded))
                result.AddError("--endpoint and --embedded exclude each other.");
        });
    }

    public Task<ServiceConnection> OpenAsync(ParseResult parsed, DagmmStreamClientOptions options, CancellationToken cancellationToken)
    {
        options.ApiKey = parsed.GetValue(_apiKey);
        return parsed.GetValue(_embedded)
            ? ServiceConnection.EmbedAsync(parsed.GetValue(_store), options, cancellationToken)
            : ServiceConnection.ConnectAsync(parsed.GetValue(_endpoint)!, options, cancellationToken);
    }
}
