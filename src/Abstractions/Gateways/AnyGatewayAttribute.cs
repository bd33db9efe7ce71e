using Orleans.CodeGeneration;

namespace DagmmStream;

/// <summary>
/// Calls of the method take the gateways of a client in turn. Others stay with the gateway through which their grain was first called:
/// after some restarts that may be one for all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[InvokableCustomInitializer(nameof(RequestBase.AddInvokeMethodOptions), InvokeMethodOptions.Unordered)]
internal sealed class AnyGatewayAttribute : Attribute;
