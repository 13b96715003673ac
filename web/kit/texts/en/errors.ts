/** By error code: `member.identity_taken` is `errors:member.identity_taken`; params fill the braces. */
export default {
  network: {
    unreachable: 'The program did not answer. Check the connection; your input is kept.',
  },
  server: {
    failed: 'Something went wrong on our side. Nothing was changed.',
  },
  database: {
    unavailable: 'The database does not answer just now. Try again in a moment.',
    busy: 'Many people are writing at once. Try again in a moment.',
  },
  query: {
    timed_out: 'This took too long and was stopped. Ask for less, such as a shorter time.',
    cancelled: 'Cancelled.',
  },
  request: {
    invalid: 'Some fields need another look.',
    not_json: 'The program could not read this.',
    unreadable: 'The program could not read this.',
    number_too_large: 'A number is too large.',
    too_large: 'This is too large to take at once.',
    too_many: 'Too many tries. Wait a minute.',
  },
  session: {
    required: 'Please sign in.',
    foreign_origin: 'This came from another address and was refused.',
  },
  permission: {
    missing: 'Your role does not allow this ({{permission}}).',
  },
  idempotency: {
    in_progress: 'The same request is still running. Wait a moment.',
    key_reused: 'This request was sent before with other content.',
  },
  sign_in: {
    refused: 'E-mail or password is not right.',
    locked: 'Too many wrong tries. Wait a few minutes, or use a sign-in link.',
    link_unusable: 'This link does not work any more.',
  },
  member: {
    not_found: 'There is no such member.',
    identity_missing: 'A phone, an e-mail or a card is needed to recognise this person.',
    identity_taken: 'Another member already has this.',
    phone_unreadable: 'This does not look like a phone number.',
    email_unreadable: 'This does not look like an e-mail address.',
    card_unreadable: 'This does not look like a card number.',
    birth_date_unreadable: 'This is not a day of the calendar.',
    name_missing: 'A name is needed.',
  },
  condition: {
    invalid: 'This condition is not complete.',
  },
  schema: {
    required: 'Needed.',
    minLength: 'Too short.',
    maxLength: 'Too long.',
    format: 'Not in the form expected.',
    pattern: 'Not in the form expected.',
    minimum: 'Too small.',
    maximum: 'Too large.',
    type: 'Not the kind of value expected.',
    enum: 'Not one of the choices.',
    anyOf: 'Not one of the choices.',
    additionalProperties: 'Not known here.',
    minItems: 'Too few.',
    maxItems: 'Too many.',
  },
}
