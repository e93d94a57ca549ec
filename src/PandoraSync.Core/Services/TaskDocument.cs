using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;
using System.Xml.Linq;

namespace PandoraSync.Services;

/// <summary>A service as a document of Windows's Task Scheduler.</summary>
internal static class TaskDocument
{
    /// <summary>Windows's own NETWORK SERVICE, whose rights are few.</summary>
    private const string NetworkService = "S-1-5-20";

    private static readonly XNamespace Names = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    /// <summary>The document's text, its mark included.</summary>
    public static string Make(ServiceOrder order)
    {
        var text = string.Format(
            CultureInfo.InvariantCulture,
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Task version="1.3" xmlns="{0}">
              <RegistrationInfo>
                <Description>{1}</Description>
                <Source>{2}; {3}; {4}</Source>
              </RegistrationInfo>
              <Triggers>
            {5}
              </Triggers>
              <Principals>
                <Principal id="Service">
                  <UserId>{6}</UserId>
                  <RunLevel>LeastPrivilege</RunLevel>
                </Principal>
              </Principals>
              <Settings>
                <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
                <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
                <StartWhenAvailable>true</StartWhenAvailable>
                <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
                <RestartOnFailure>
                  <Interval>PT1M</Interval>
                  <Count>999</Count>
                </RestartOnFailure>
              </Settings>
              <Actions Context="Service">
                <Exec>
                  <Command>{7}</Command>
                  <Arguments>{8}</Arguments>
                </Exec>
              </Actions>
            </Task>

            """,
            Names,
            Escape(order.Description),
            order.End,
            Escape(order.Subject),
            order.Schedule,
            TriggerOf(order.TimerInterval),
            order.User is ServiceOrder.OwnUser ? NetworkService : Escape(order.User),
            Escape(order.Shell[0]),
            Escape(string.Join(" ", order.Arguments.Select(Quote)))).Replace("\r", string.Empty);
        return FileMark.Add(text, "<Task ", "<!-- ", " -->");
    }

    /// <summary>What a task runs, to tell whether two documents run the same.</summary>
    public static string ActionOf(string text)
    {
        var document = XDocument.Parse(text);
        return string.Join(" ", document.Descendants(Names + "Command").Concat(document.Descendants(Names + "Arguments")).Select(e => e.Value));
    }

    /// <summary>What the document says of the service: its end, subject and schedule.</summary>
    public static IReadOnlyList<string> SourceOf(string text) => XDocument.Parse(text).Descendants(Names + "Source").First().Value.Split([';']).Select(p => p.Trim()).ToArray();

    private static string TriggerOf(int interval) => interval == 0
        ? "    <BootTrigger>\n      <Enabled>true</Enabled>\n    </BootTrigger>"
        : string.Format(
            CultureInfo.InvariantCulture,
            "    <TimeTrigger>\n      <StartBoundary>2026-01-01T00:00:00</StartBoundary>\n      <Repetition>\n        <Interval>PT{0}S</Interval>\n      </Repetition>\n      <RandomDelay>PT{1}S</RandomDelay>\n    </TimeTrigger>",
            interval,
            System.Math.Max(1, interval / 10));

    private static string Escape(string text) => SecurityElement.Escape(text);

    /// <summary>A word as Windows's programs take their command line apart: backslashes count only before a quotation mark.</summary>
    private static string Quote(string word)
    {
        if (word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '\\'))
            return word;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var c in word)
        {
            quoted.Append('\\', c is '"' ? backslashes + 1 : 0).Append(c);
            backslashes = c is '\\' ? backslashes + 1 : 0;
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
