namespace ClamProxy.Core.Settings;

/// <summary>One folder's options: read from the section of its name, checked before the process starts.</summary>
public interface ISettings
{
    /// <summary>The section below <c>ClamProxy</c> that holds these options, such as <c>Clamd</c>; empty for ClamProxy itself.</summary>
    static abstract string Section { get; }

    /// <summary>What is wrong with the values as a whole: what a range on one property cannot say.</summary>
    IEnumerable<SettingProblem> Problems();
}
