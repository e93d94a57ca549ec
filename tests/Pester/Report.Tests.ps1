# Pages of Export-PandoraSyncReport, looked at by Debian's Chromium: what it draws, what it would load, whether it fits a phone.
# With PANDORASYNC_SCREENSHOTS=FOLDER it leaves pictures of them there.
BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $chromium = Get-Command chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    $place = New-Folder

    # Runs of sites, some of which fail; the same each time.
    function New-Run([int]$Sites, [int]$Days, [int]$RunsPerDay = 4) {
        $begin = [datetime]::new(2026, 8, 29, 0, 0, 0, [DateTimeKind]::Local)
        for ($i = 0; $i -lt $Days * $RunsPerDay; $i++) {
            for ($s = 1; $s -le $Sites; $s++) {
                $fails = ($i * 7 + $s * 13) % 61 -eq 0
                [pscustomobject] @{
                    Site = "10.142.$(49 + $s).10:41121"; StartTime = $begin.AddHours($i * 24 / $RunsPerDay); Succeeded = -not $fails; Result = if ($fails) { 'Unreachable' } else { 'OK' }
                    Files = if ($fails) { 0 } else { 100 * $s }; Bytes = if ($fails) { 0 } else { 150KB * $s }; Skipped = 0; Duration = 1.5
                    Error = if ($fails) { "10.142.$(49 + $s).10:41121 cannot be connected to (connection refused)." }; RecommendedAction = if ($fails) { 'Check that a Tentacle server listens there.' }
                    OldestFileAge = 300 * $s; CertificateDays = 12 * $s - 2
                }
            }
        }
    }

    # Opens a page with a script before and behind its own, which note what happens, and reads what they noted.
    function Open-Page($Path, $Width = 1280, [switch]$Dark) {
        if (-not $chromium) { Set-ItResult -Skipped -Because "chromium is not installed: run 'apt-get install chromium'" }
        $before = '<script>window.noted = []; addEventListener("error", function (e) { noted.push(e.message); }); addEventListener("securitypolicyviolation", function (e) { noted.push("blocked: " + e.blockedURI); });</script>'
        $behind = @"
<pre id="noted"></pre><script>
var drawn = {}; document.querySelectorAll('canvas').forEach(function (c) {
  drawn[c.id] = c.width > 0 && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(function (v) { return v !== 0; }); });
document.getElementById('noted').textContent = JSON.stringify({ errors: noted, drawn: Object.keys(drawn).filter(function (k) { return drawn[k]; }), empty: Object.keys(drawn).filter(function (k) { return !drawn[k]; }),
  loaded: performance.getEntriesByType('resource').map(function (r) { return r.name; }), isTooWide: document.documentElement.scrollWidth > innerWidth, width: innerWidth,
  background: getComputedStyle(document.body).backgroundColor, rows: document.querySelectorAll('tbody tr').length, injected: document.querySelectorAll('main b i').length });
</script></body>
"@
        $page = [IO.File]::ReadAllText($Path).Replace('<head>', "<head>$before").Replace('</body>', $behind)
        $copy = New-File 'page.html' $page $place
        $common = '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--virtual-time-budget=3000', "--user-data-dir=$(New-Folder)", "--blink-settings=preferredColorScheme=$(if ($Dark) { 0 } else { 1 })"
        $text = & $chromium.Source @common "--window-size=$Width,2400" --dump-dom "file://$copy" 2>$null | Out-String
        if ($env:PANDORASYNC_SCREENSHOTS) {
            $name = "$([IO.Path]::GetFileNameWithoutExtension($Path)).$Width$(if ($Dark) { '.dark' }).png"
            $null = & $chromium.Source @common "--window-size=$Width,2400" "--screenshot=$([IO.Path]::Combine($env:PANDORASYNC_SCREENSHOTS, $name))" "file://$Path" 2>$null
        }
        [Net.WebUtility]::HtmlDecode([regex]::Match($text, '(?s)<pre id="noted">(.*?)</pre>').Groups[1].Value) | ConvertFrom-Json
    }
}

Describe 'A report' {
    BeforeDiscovery {
        $pages = @(
            @{ title = 'of nothing'; file = 'none.html'; sites = 0; days = 0; drawn = @() }
            @{ title = 'of one site and one day'; file = 'one.html'; sites = 1; days = 1; drawn = 'ages', 'bytes', 'certificates', 'files', 'siteBytes', 'siteFiles' }
            @{ title = 'of 30 sites and 90 days'; file = 'many.html'; sites = 30; days = 90; drawn = 'ages', 'bytes', 'certificates', 'failures', 'files', 'siteBytes', 'siteFailures', 'siteFiles' }
        )
    }

    It '<title> is below 1 MB, draws what there is, loads nothing, and fits a phone' -ForEach $pages {
        $path = [IO.Path]::Combine($place, $file)
        New-Run $sites $days | Where-Object { $sites -gt 1 -or $_.Succeeded } | Export-PandoraSyncReport $path -Title "Report $title"
        (Get-Item $path).Length | Should -BeLessThan 1MB
        foreach ($view in @{ Width = 1280 }, @{ Width = 500; Dark = $true }) {
            $seen = Open-Page $path @view
            $seen.errors | Should -BeNullOrEmpty
            $seen.loaded | Should -BeNullOrEmpty
            $seen.empty | Should -BeNullOrEmpty -Because 'a chart without numbers is a sentence'
            $seen.drawn | Sort-Object | Should -Be $drawn
            $seen.isTooWide | Should -BeFalse -Because "it is looked at in $($seen.width) columns of dots"
            $seen.background | Should -Be $(if ($view.Dark) { 'rgb(15, 20, 27)' } else { 'rgb(246, 247, 249)' })
        }
    }

    It 'names no address that is not its own' {
        $path = [IO.Path]::Combine($place, 'addresses.html')
        New-Run 1 1 | Export-PandoraSyncReport $path
        $text = [IO.File]::ReadAllText($path)
        $text | Should -Match "Content-Security-Policy"" content=""default-src 'none'"
        [regex]::Matches($text, '(?i)(?<!xmlns=.)\b(src|href|action)\s*=\s*["''][^#"'']') | Should -BeNullOrEmpty
        $text | Should -Match 'Permission is hereby granted, free of charge' -Because 'it has Chart.js in it'
    }

    It 'takes what a site says of itself as text' {
        $path = [IO.Path]::Combine($place, 'hostile.html')
        [pscustomobject] @{ Site = '<b><i>x</i></b></script><script>noted.push(1)</script>{{data}}'; Result = '</script>'; Succeeded = $false; Error = '"><img src=x onerror=noted.push(2)>'; StartTime = Get-Date; Files = 1; Bytes = 1 } |
            Export-PandoraSyncReport $path -Title '<i>{{script}}</i>'
        $seen = Open-Page $path
        $seen.errors | Should -BeNullOrEmpty
        $seen.injected | Should -Be 0
        $seen.loaded | Should -BeNullOrEmpty
    }

    It 'reads results, rows of CSV and objects of JSON alike' {
        $runs = @(New-Run 3 2)
        $csv = [IO.Path]::Combine($place, 'runs.csv')
        $runs | Export-Csv $csv
        $texts = foreach ($form in $runs, @(Import-Csv $csv), @($runs | ConvertTo-Json | ConvertFrom-Json)) {
            $form | Export-PandoraSyncReport ([IO.Path]::Combine($place, 'form.html'))
            [IO.File]::ReadAllText([IO.Path]::Combine($place, 'form.html')) -replace 'made \d{4}-\d\d-\d\d \d\d:\d\d'
        }
        $texts[0] | Should -Match '<b>3</b><span>Sites'
        $texts[1] | Should -BeExactly $texts[0]
        $texts[2] | Should -BeExactly $texts[0]
    }

    It 'counts the runs of a history, and of the status of a site only what nobody else says' {
        $path = [IO.Path]::Combine($place, 'status.html')
        $history = [pscustomobject] @{ Site = 'north:41121'; StartTime = [datetime]::new(2026, 11, 1); Runs = 12; Result = 'OK'; Succeeded = $true; Files = 7; Bytes = 70; Duration = 1 }
        $status = [pscustomobject] @{ Site = 'north:41121'; LastRun = [datetime]::new(2026, 11, 2); Result = 'OK'; Succeeded = $true; Files = 7; Bytes = 70; OldestFileAge = 7200; CertificateEnd = [datetime]::Now.AddDays(20.5) }
        $history, $status | Export-PandoraSyncReport $path
        [IO.File]::ReadAllText($path) | Should -Match '(?s)north:41121.*2026-11-02 00:00.*<td class="number">12</td><td class="number">0</td><td class="number">7</td><td class="number">70 B</td>.*<td class="number">2\.0 h</td><td class="number">20</td>'
    }

    It 'takes what Invoke-PandoraSync gives' {
        $buffer = New-Folder
        $null = New-File 'a.1.data' 'x' $buffer
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        try { $written = Invoke-PandoraSync "127.0.0.1:$($server.Port)", '127.0.0.1:1' (New-Folder) -RetryCount 0 -ErrorAction SilentlyContinue | Export-PandoraSyncReport ([IO.Path]::Combine($place, 'real.html')) -PassThru }
        finally { Stop-TentacleServer $server }
        $text = [IO.File]::ReadAllText($written.FullName)
        $text | Should -Match '<span class="bad">Unreachable</span>'
        $text | Should -Match 'Check that a Tentacle server listens there\.'
    }

    It 'is written whole or not at all, and not where it must not be' {
        $path = New-File 'kept.html' 'old' $place
        { New-Run 1 1 | Export-PandoraSyncReport $path -NoClobber } | Should -Throw '*exists already*'
        New-Run 1 1 | Export-PandoraSyncReport $path -WhatIf
        [IO.File]::ReadAllText($path) | Should -Be 'old'
        { New-Run 1 1 | Export-PandoraSyncReport ([IO.Path]::Combine($place, 'nowhere', 'x.html')) } | Should -Throw '*does not exist*'
        1, 'x' | Export-PandoraSyncReport ([IO.Path]::Combine($place, 'x.html')) -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' } | Should -Be 'Tentacle.Configuration', 'Tentacle.Configuration'
        [IO.Directory]::GetFiles($place, '*.part') | Should -BeNullOrEmpty
    }
}
