# Compares pages, compiled cmdlets and what Get-Help shows; the texts in Views/help.*.txt were read. After a change that is meant run
# tools/help/Update-Help.ps1, build, run with PANDORASYNC_UPDATE_VIEWS=1, read the files, and commit them.
BeforeDiscovery {
    Import-Module ([IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync')))
    $cmdlets = foreach ($command in Get-Command -Module PandoraSync) { @{ name = $command.Name } }
}

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $commands = New-File 'commands.json' ''
    & ([IO.Path]::Combine($root, 'tools', 'help', 'Read-Commands.ps1')) -Path $commands
    $read = @{}
    foreach ($command in [IO.File]::ReadAllText($commands) | ConvertFrom-Json) { $read[$command.Name] = $command }
    $tool = [IO.Path]::Combine($root, 'artifacts', 'tools', 'help', 'PandoraSync.Help.dll')
    $pages = [IO.Path]::Combine($root, 'docs', 'en-US')

    # The shell breaks lines between words only in cultures that it knows.
    $culture = [Threading.Thread]::CurrentThread.CurrentCulture
    [Threading.Thread]::CurrentThread.CurrentCulture = 'en-US'
}

AfterAll {
    [Threading.Thread]::CurrentThread.CurrentCulture = $culture
}

Describe 'The pages' {
    It 'say of every parameter what the cmdlet says, its default included' {
        $differences = & dotnet $tool --check $pages $commands
        $differences | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
    }

    It 'would be told apart from a cmdlet whose parameter has another name, and from one with another default' {
        $text = [IO.File]::ReadAllText($commands)
        $other = New-File 'other.json' ($text -creplace '"Detailed":', '"Thorough":' -creplace '("DefaultValue": *)"41121"', '$1"41122"')
        $differences = & dotnet $tool --check $pages $other
        $differences | Should -Contain 'Get-TentacleFile: PARAMETERS: -Thorough is missing'
        $differences | Should -Contain 'Get-TentacleFile: PARAMETERS: -Detailed is on the page, but the cmdlet does not have it'
        $differences | Should -Contain "Test-TentacleServer: PARAMETERS: -Port says 'DefaultValue: '41121'', the cmdlet 'DefaultValue: '41122''"
    }

    It 'have what the schema of PlatyPS wants, in its order, and words in each part' {
        foreach ($path in [IO.Directory]::GetFiles($pages, '*-*.md')) {
            $page = [IO.Path]::GetFileNameWithoutExtension($path)
            $text = [IO.File]::ReadAllText($path).Replace("`r", '')
            $front = [regex]::Match($text, '(?s)\A---\n(.*?)\n---\n').Groups[1].Value
            [regex]::Matches($front, '(?m)^([^:]+): ').ForEach({ $_.Groups[1].Value }) | Should -Be @('document type', 'external help file', 'HelpUri', 'Locale', 'Module Name', 'ms.date', 'PlatyPS schema version', 'title') -Because "it is $page"
            $front | Should -Match "(?s)^document type: cmdlet\n.*\nms.date: \d\d/\d\d/20\d\d\n.*\ntitle: $page$"
            $parts = [regex]::Matches(($text -replace '(?ms)^```.*?^```$'), '(?ms)^## ([^\n]+)\n(.*?)(?=^## |\z)')
            $parts.ForEach({ $_.Groups[1].Value }) | Should -Be 'SYNOPSIS', 'SYNTAX', 'ALIASES', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'NOTES', 'RELATED LINKS' -Because "it is $page"
            foreach ($part in $parts | Where-Object { $_.Groups[1].Value -ne 'ALIASES' }) { $part.Groups[2].Value.Trim() | Should -Not -BeNullOrEmpty -Because "it is $($part.Groups[1].Value) of $page" }
            foreach ($link in [regex]::Matches($text, '\]\(([\w-]+\.md)\)')) { [IO.Path]::Combine($pages, $link.Groups[1].Value) | Should -Exist }
        }
    }

    It 'say the limits of a server that come from its options' {
        $any = [Reflection.BindingFlags] 'Public, NonPublic, Instance'
        $options = [PandoraSync.Transport.Tls.TlsVersion].Assembly.GetType('PandoraSync.Server.TentacleServerOptions').GetConstructors($any)[0].Invoke(@([IO.Path]::GetTempPath()))
        $limits = $options.GetType().GetProperty('Limits', $any).GetValue($options)
        $help = (Get-Help Start-TentacleServer).parameters.parameter
        function Get-Shown($Name) { ($help | Where-Object name -EQ $Name).defaultValue }
        Get-Shown MinimumRate | Should -BeExactly "$($options.GetType().GetProperty('MinimumRate', $any).GetValue($options))"
        Get-Shown MinimumFreeSpace | Should -BeExactly "$($limits.GetType().GetProperty('MinFreeBytes', $any).GetValue($limits))"
        Get-Shown MaxBufferSize | Should -BeExactly "$($limits.GetType().GetProperty('MaxBytes', $any).GetValue($limits))"
        Get-Shown MaxBufferFiles | Should -BeExactly "$($limits.GetType().GetProperty('MaxFiles', $any).GetValue($limits))"
        Get-Shown MaxBufferAge | Should -BeExactly "$($limits.GetType().GetProperty('MaxAge', $any).GetValue($limits))"
    }
}

Describe 'The help of <name>' -ForEach $cmdlets {
    It 'has exactly the parameters of the cmdlet, each as it is' {
        $help = Get-Help $name -Full
        $shown = @($help.parameters.parameter)
        $there = @($read[$name].Parameters.PSObject.Properties | Sort-Object Name)
        (($shown | ForEach-Object name | Sort-Object) -join ' ') | Should -BeExactly (($there | ForEach-Object Name) -join ' ')
        foreach ($parameter in $there) {
            $data = $parameter.Value
            $set = $data.ParameterSets[0]
            $one = $shown | Where-Object name -EQ $parameter.Name
            $input = if ($set.ValueFromPipeline -and $set.ValueFromPipelineByPropertyName) { 'True (ByPropertyName, ByValue)' } elseif ($set.ValueFromPipeline) { 'True (ByValue)' } elseif ($set.ValueFromPipelineByPropertyName) { 'True (ByPropertyName)' } else { 'False' }
            $of = "it is about -$($parameter.Name)"
            "$($one.type.name)" | Should -BeExactly ($data.Type -replace '^System\.Nullable`1\[(.*)\]$', '$1') -Because $of
            "$($one.position)" | Should -BeExactly $set.Position.ToLowerInvariant() -Because $of
            "$($one.required)" | Should -BeExactly "$($set.IsRequired)".ToLowerInvariant() -Because $of
            "$($one.pipelineInput)" | Should -BeExactly $input -Because $of
            "$($one.aliases)" | Should -BeExactly $(if ($data.Aliases) { $data.Aliases -join ', ' } else { 'none' }) -Because $of
            "$($one.globbing)" | Should -BeExactly "$($data.SupportsWildcards)".ToLowerInvariant() -Because $of
            if ($data.DefaultValue) { "$($one.defaultValue)" | Should -BeExactly $data.DefaultValue -Because $of }
            ($one.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $of
        }
    }

    It 'has the parameter sets of the cmdlet' {
        $sets = @((Get-Help $name).syntax.syntaxItem | ForEach-Object { @($_.parameter.name) -join ' ' })
        $hidden = @($read[$name].Parameters.PSObject.Properties | Where-Object { $_.Value.DontShow } | ForEach-Object Name)
        $there = @((Get-Command $name).ParameterSets | ForEach-Object {
                $known = @($_.Parameters.Name)
                @([regex]::Matches("$_", '(?<=^|[ \[])-(\w+)') | ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ -in $known -and $_ -notin $hidden }) -join ' '
            })
        ($sets | Sort-Object) -join "`n" | Should -BeExactly (($there | Sort-Object) -join "`n")
    }

    It 'reads at 80 columns as it was read, with -<part>' -ForEach @(@{ part = 'Full' }, @{ part = 'Examples' }) {
        $view = @{ $part = $true }
        $lines = (Get-Help $name @view | Out-String -Width 80) -replace '\e\[[0-9;]*m' -split "\r?\n" | ForEach-Object { $_.TrimEnd() }
        foreach ($line in $lines) { $line.Length | Should -BeLessOrEqual 80 }
        $shown = ($lines -join "`n").Trim("`n") + "`n"
        $shown | Should -Not -Match '```|\{\{'
        foreach ($code in (Get-Help $name).examples.example.code) { $shown -split "`n" | Should -Contain "    $($code.Split("`n")[0])" -Because 'code begins a line of its own and is not broken' }
        $path = [IO.Path]::Combine($PSScriptRoot, 'Views', "help.$name.$($part.ToLowerInvariant()).txt")
        if ($env:PANDORASYNC_UPDATE_VIEWS) { [IO.File]::WriteAllText($path, $shown) }
        $shown | Should -BeExactly ([IO.File]::ReadAllText($path).Replace("`r", ''))
    }
}

Describe 'The topic' {
    It '<name> is there, in lines of at most 80 columns' -ForEach @(@{ name = 'about_PandoraSync' }, @{ name = 'about_Tentacle_Protocol' }, @{ name = 'about_PandoraSync_Security' }, @{ name = 'about_PandoraSync_Automation' }) {
        $path = [IO.Path]::Combine($module, 'en-US', "$name.help.txt")
        foreach ($line in [IO.File]::ReadAllLines($path)) { $line.Length | Should -BeLessOrEqual 80 }
        [IO.File]::ReadAllText($path) | Should -Match "(?s)^TOPIC\s+$name\s+SHORT DESCRIPTION\s+\S.*LONG DESCRIPTION\s"
        "$(Get-Help $name)" | Should -Match 'SHORT DESCRIPTION'
    }
}
