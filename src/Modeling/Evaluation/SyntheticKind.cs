namespace DagmmStream.Modeling.Evaluation;

/// <summary>What happens in a synthetic stream (<see cref="SyntheticStream"/>).</summary>
internal enum SyntheticKind
{
    /// <summary>Nothing: all events are normal and of one distribution. 20,000 events.</summary>
    Stationary,

    /// <summary>The components move steadily from one place to another; 3 % anomalies among 6,000 events.</summary>
    Gradual,

    /// <summary>The components jump half way; 3 % anomalies among 6,000 events.</summary>
    Abrupt,

    /// <summary>The components jump to and fro five times; 3 % anomalies among 6,000 events.</summary>
    Recurring,

    /// <summary>2,000 equal normal events in the middle of 12,000; 1 % anomalies.</summary>
    Burst,

    /// <summary>18,000 events: a third without anomalies, a third with 47 % of attacks, a third with 1 %.</summary>
    Attack,

    /// <summary>One component of three is shifted for 3,000 of 20,000 events; its events are anomalies meanwhile. 1 % others.</summary>
    LongFault,

    /// <summary>As <see cref="LongFault"/> without return; the shifted events are normal.</summary>
    Regime,
}
