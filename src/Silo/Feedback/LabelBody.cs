namespace DagmmStream.Silo.Feedback;

/// <summary>What a person says about an event.</summary>
/// <param name="Label">Whether it was an anomaly.</param>
public sealed record LabelBody(FeedbackLabel Label);
