namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>The one table of the names that states of callbacks have outside the process.</summary>
public static class CallbackNames
{
    /// <summary>As clients of the API see it.</summary>
    public static string Name(this CallbackState state) => state switch
    {
        CallbackState.Waiting => "waiting",
        CallbackState.Due => "due",
        CallbackState.Delivered => "delivered",
        CallbackState.Dead => "dead",
        CallbackState.Gone => "gone",
    };

    /// <summary>What an attempt came to that led to this state, as metrics say it.</summary>
    internal static string Outcome(this CallbackState state) => state is CallbackState.Due ? "failed" : state.Name();
}
