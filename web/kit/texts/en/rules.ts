/** Rules in versions: from when one holds, which is to come, and calling one off. */
export default {
  begins: {
    label: 'Takes effect',
    now: 'Now',
    later: 'At a stated time',
    at: 'Day and time',
    past: 'This time has passed, and a rule does not change what has happened. Choose a later time, or now.',
  },
  apply: {
    open: 'Apply this rule',
    title: 'Apply this rule?',
    from: 'Apply from {{at}}',
    points: 'Orders from {{at}} on earn by it; until then the rule in force holds. What was booked stays as it is.',
    tiers: 'On {{at}} the rule takes effect and members move, by what they have then, each with a reason to read.',
    spending: 'Tills ask this rule from {{at}} on; until then the one in force holds.',
    spendingNow: 'Tills ask this rule from this minute on. Members keep their points.',
    previewed:
      'The preview shows what the rule would change today. Members buy on until then, so its figures may differ.',
    takesEffect: 'Version {{version}} takes effect on {{at}}. Members move then.',
    calledOff: 'Version {{version}} was called off: nobody moves.',
    replaced: 'Another rule has taken the place of version {{version}}.',
  },
  coming: 'Version {{version}} is to take effect on {{at}}.',
  comingHint:
    'What takes effect sooner holds until then; what takes effect later takes its place. It can be called off in the list of versions.',
  callOff: {
    verb: 'Call off',
    title: 'Call off version {{version}}?',
    text: 'It was to take effect on {{at}} and never will. What is in force stays. The version stays in the list, marked as called off.',
    confirm: 'Call off version {{version}}',
    keep: 'Keep it',
    state: 'called off',
    done: 'Called off on {{at}} by {{who}}',
  },
}
