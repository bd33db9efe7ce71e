using DagmmStream.Grains.Alerts;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Alerts;

/// <summary>When the anomalies of a stream are an alert, and who is told.</summary>
internal static class AlertPolicyEndpoints
{
    public static void MapAlertPolicy(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}/alerts/policy").WithTags("Alerts");
        group.MapGet("/", ReadAsync).WithName("readAlertPolicy").WithSummary("A stream's alert policy")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapPut("/", SetAsync).WithName("setAlertPolicy").WithSummary("Set a stream's alert policy")
            .WithDescription("It decides from the next event on. What is left out has its default. A webhook without `secret` keeps the "
                + "one that it has under the same name and address.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
    }

    private static async Task<Ok<AlertPolicyView>> ReadAsync(string stream, AlertDesk desk, CancellationToken cancellationToken)
    {
        await desk.Grains.DefinitionAsync(stream, cancellationToken);
        return TypedResults.Ok(AlertPolicyView.Of(await FindAsync(stream, desk, cancellationToken)));
    }

    private static async Task<Ok<AlertPolicyView>> SetAsync(
        string stream, AlertPolicy policy, AlertDesk desk, WebhookGuard guard, AlertControl control, CancellationToken cancellationToken)
    {
        var definition = await desk.Grains.DefinitionAsync(stream, cancellationToken);
        policy.Validate();
        foreach (var webhook in policy.Webhooks)
            if (guard.Refusal(new Uri(webhook.Url)) is { } refusal)
                throw Problems.BadRequest(
                    "webhook-refused", "The address of a webhook may not be used", $"webhook \"{webhook.Name}\": {refusal}");
        var before = await FindAsync(stream, desk, cancellationToken);
        var kept = policy with { Webhooks = [.. policy.Webhooks.Select(webhook => WithSecret(webhook, before))] };
        await desk.Alerts.SavePolicyAsync(stream, kept, cancellationToken);
        await control.ReloadAsync(definition, cancellationToken);
        // Ends a silence that the new policy does not know.
        await control.CheckSilenceAsync(definition, cancellationToken);
        return TypedResults.Ok(AlertPolicyView.Of(kept));
    }

    private static async Task<AlertPolicy> FindAsync(string stream, AlertDesk desk, CancellationToken cancellationToken) =>
        await desk.Alerts.FindPolicyAsync(stream, cancellationToken) ?? AlertPolicy.Default;

    // Never to another address: who may set a policy need not know its secrets.
    private static AlertWebhook WithSecret(AlertWebhook webhook, AlertPolicy before) => webhook.Secret is not null ? webhook : webhook with
    {
        Secret = before.Webhooks.FirstOrDefault(known => known.Name == webhook.Name && known.Url == webhook.Url)?.Secret,
    };
}
